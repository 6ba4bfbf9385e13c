package dev.snapshotjobs.common.mariadb;

import java.util.List;

/// The two ways in which a session can make all commits of a MariaDB server wait. In both, commits
/// wait from the last statement on, granted or not.
public enum LockKind {
  /// Backup stages: what runs long makes the early ones wait, while commits still go on ([MariaDB:
  /// BACKUP
  /// STAGE](https://mariadb.com/docs/server/reference/sql-statements/administrative-sql-statements/backup-commands/backup-stage)).
  BACKUP_STAGE("the backup stage"),

  /// The global read lock: its only statement waits for what runs long, and every commit with it.
  FLUSH_TABLES("the global read lock");

  private final String title;

  LockKind(String title) {
    this.title = title;
  }

  /// For a sentence.
  public String title() {
    return title;
  }

  List<String> acquisition() {
    return switch (this) {
      case BACKUP_STAGE ->
          List.of(
              "BACKUP STAGE START",
              "BACKUP STAGE FLUSH",
              "BACKUP STAGE BLOCK_DDL",
              "BACKUP STAGE BLOCK_COMMIT");
      case FLUSH_TABLES -> List.of("FLUSH TABLES WITH READ LOCK");
    };
  }

  boolean blocksCommits(String statement) {
    return statement.equals(acquisition().getLast());
  }

  String release() {
    return switch (this) {
      case BACKUP_STAGE -> "BACKUP STAGE END";
      case FLUSH_TABLES -> "UNLOCK TABLES";
    };
  }
}
