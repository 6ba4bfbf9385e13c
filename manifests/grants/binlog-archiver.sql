-- binlog-archiver: reads the binary log as a replica does, and sees no table.
-- Before this:  CREATE USER binlog_archiver@'%' IDENTIFIED BY '…';
--
-- REPLICATION SLAVE   to be sent the binary log
-- BINLOG MONITOR      which logs there are, and where the server writes
GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO binlog_archiver@'%';
