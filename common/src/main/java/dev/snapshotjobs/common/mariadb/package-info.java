/// The database as the jobs meet it: connections, positions, and the backup stage.
@NullMarked
package dev.snapshotjobs.common.mariadb;

import org.jspecify.annotations.NullMarked;
