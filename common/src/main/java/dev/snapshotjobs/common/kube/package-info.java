/// The Kubernetes objects that at least two jobs touch, in our words; fabric8's types stay here.
@NullMarked
package dev.snapshotjobs.common.kube;

import org.jspecify.annotations.NullMarked;
