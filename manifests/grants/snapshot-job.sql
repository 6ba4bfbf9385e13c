-- snapshot-job with SNAPSHOT_MODE=backup-stage (the default) or flush-tables.
-- Before this:  CREATE USER snapshot_job@'%' IDENTIFIED BY '…';
--
-- RELOAD           BACKUP STAGE, FLUSH TABLES WITH READ LOCK and the two flushes under it
-- BINLOG MONITOR   the position in the binary log
-- PROCESS          which statements keep the lock waiting; where InnoDB has its files
-- REFERENCES       to see that a table exists and what its engine is; it shows no data
GRANT RELOAD, BINLOG MONITOR, PROCESS, REFERENCES ON *.* TO snapshot_job@'%';
