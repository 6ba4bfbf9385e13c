-- In addition, with PURGE=true: to remove from the server what is archived.
--
-- BINLOG ADMIN   PURGE BINARY LOGS; it allows the settings of the binary log too
GRANT BINLOG ADMIN ON *.* TO binlog_archiver@'%';
