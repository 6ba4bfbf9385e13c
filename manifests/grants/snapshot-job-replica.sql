-- In addition, on a server that is a replica: whether it applies what its primary logs, and how far
-- it is behind. Without it the job says that it cannot know.
GRANT REPLICA MONITOR ON *.* TO snapshot_job@'%';
