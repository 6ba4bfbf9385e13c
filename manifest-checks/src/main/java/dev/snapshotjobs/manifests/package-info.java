/// What `kustomize/` and `manifests/` have to be, whatever overlay one looks at.
@NullMarked
package dev.snapshotjobs.manifests;

import org.jspecify.annotations.NullMarked;
