/// The binary log of MariaDB as bytes, events and transactions. Pure: bytes are given, values come
/// back; nothing here opens a file or a connection, and no more of an event is held than is
/// decoded.
@NullMarked
package dev.snapshotjobs.common.binlog;

import org.jspecify.annotations.NullMarked;
