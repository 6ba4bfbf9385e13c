-- snapshot-job with SNAPSHOT_MODE=none: it takes no lock, so it needs no RELOAD.
-- Before this:  CREATE USER snapshot_job@'%' IDENTIFIED BY '…';
GRANT BINLOG MONITOR, PROCESS, REFERENCES ON *.* TO snapshot_job@'%';
