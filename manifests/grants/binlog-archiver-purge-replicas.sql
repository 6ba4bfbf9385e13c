-- In addition, with PURGE=true on a server whose slave_connections_needed_for_purge is 2 or more: to
-- count the replicas that are connected. Without it an account sees its own connections only.
--
-- PROCESS   all connections, and the statements that they are at
GRANT PROCESS ON *.* TO binlog_archiver@'%';
