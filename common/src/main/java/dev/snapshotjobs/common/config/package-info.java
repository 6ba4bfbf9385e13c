/// Settings: declared once as picocli options, read from arguments and environment, checked all at
/// once. Nothing here reads the process's own environment; it is given.
@NullMarked
package dev.snapshotjobs.common.config;

import org.jspecify.annotations.NullMarked;
