@NullMarked
package dev.snapshotjobs.sandbox;

import org.jspecify.annotations.NullMarked;
