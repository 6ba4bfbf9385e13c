-- In addition, with ROTATE: to let the server begin a new log.
--
-- RELOAD   FLUSH BINARY LOGS; it allows every other FLUSH too, and RESET MASTER
GRANT RELOAD ON *.* TO binlog_archiver@'%';
