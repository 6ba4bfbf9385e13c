package dev.snapshotjobs.common.mariadb;

import java.util.List;

/// The two ways in which a session can make all commits of a MariaDB server wait. In both, commits
/// wait from the last statement on, granted or not.
public enum LockKind {
  /// Backup stages: what runs long makes the early ones wait, while commits still go on ([MariaDB:
  /// BACKUP
  /// STAGE](https://mariadb.com/docs/server/reference/sql-statements/administrative-sql-statements/backup-commands/backup-stage)).
  BACKUP_STAGE(
      "the backup stage",
      List.of(
          "BACKUP STAGE START",
          "BACKUP STAGE FLUSH",
          "BACKUP STAGE BLOCK_DDL",
          "BACKUP STAGE BLOCK_COMMIT"),
      "BACKUP STAGE END"),

  /// The global read lock: its only statement waits for what runs long, and every commit with it.
  FLUSH_TABLES("the global read lock", List.of("FLUSH TABLES WITH READ LOCK"), "UNLOCK TABLES");

  private final String title;
  private final List<String> acquisition;
  private final String release;

  LockKind(String title, List<String> acquisition, String release) {
    this.title = title;
    this.acquisition = acquisition;
    this.release = release;
  }

  /// For a sentence.
  public String title() {
    return title;
  }

  List<String> acquisition() {
    return acquisition;
  }

  boolean blocksCommits(String statement) {
    return statement.equals(acquisition.getLast());
  }

  String release() {
    return release;
  }
}
