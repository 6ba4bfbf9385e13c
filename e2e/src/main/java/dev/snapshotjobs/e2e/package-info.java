/// The images and the YAML as a user applies them, in a cluster of kind.
@NullMarked
package dev.snapshotjobs.e2e;

import org.jspecify.annotations.NullMarked;
