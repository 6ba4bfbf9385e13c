package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import java.sql.Connection;

/// The server as one run knows it.
///
/// @param control the connection that has the archivers' lock
record ServerSession(ServerFacts facts, Connection control, MariaDbConnector connector) {}
