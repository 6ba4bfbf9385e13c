/// Rules that span the packages of common.
@NullMarked
package dev.snapshotjobs.common;

import org.jspecify.annotations.NullMarked;
