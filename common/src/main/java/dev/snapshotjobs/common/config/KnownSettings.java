package dev.snapshotjobs.common.config;

import java.util.Set;

/// The variables of all jobs. One ConfigMap serves them all, so what one job does not know may be
/// right for another; and what resembles one of these without being one is a typing error.
public final class KnownSettings {

  /// Every variable that some job reads. Each job's test of its reference holds this complete.
  public static final Set<String> VARIABLES =
      Set.of(
          "ALLOW_OVERWRITES",
          "ATTEMPTS",
          "ATTEMPT_TIMEOUT",
          "AWS_REGION",
          "BATCH_SIZE",
          "CHECK_BUDGET",
          "CHECK_SNAPSHOTS",
          "DEADLINE",
          "DRY_RUN",
          "FOLLOW",
          "INSTANCE",
          "JOB_NAME",
          "KEEP_LAST",
          "KEEP_ON_SERVER",
          "KEY_PASSWORD_FILE",
          "LEASE_WAIT",
          "LOCK_ATTEMPTS",
          "LOCK_DAYS",
          "LOCK_MODE",
          "LOCK_WAIT",
          "LOG_FORMAT",
          "MARIADB_CA_FILE",
          "MARIADB_HOST",
          "MARIADB_PASSWORD",
          "MARIADB_PASSWORD_FILE",
          "MARIADB_PORT",
          "MARIADB_TLS",
          "MARIADB_USER",
          "MAX_AGE",
          "MAX_HOLD",
          "MAX_LAG",
          "MIN_INTERVAL",
          "NAMESPACE",
          "OUTPUT",
          "PITR_WINDOW",
          "POD_NAME",
          "PURGE",
          "PUSHGATEWAY_URL",
          "PVC_NAME",
          "READY_TIMEOUT",
          "RELEASE_AT",
          "REQUIRE_CONSISTENT",
          "RESTORE_POD",
          "RETENTION",
          "ROTATE",
          "S3_BUCKET",
          "S3_CA_FILE",
          "S3_CHECKSUMS",
          "S3_ENDPOINT",
          "S3_KMS_KEY_ID",
          "S3_PATH_STYLE",
          "S3_PREFIX",
          "S3_SSE",
          "SCRATCH_SIZE",
          "SERVER_MEMORY",
          "SERVER_START_TIMEOUT",
          "SLACK_WEBHOOK_URL",
          "SLACK_WEBHOOK_URL_FILE",
          "SNAPSHOT_MODE",
          "START_TIMEOUT",
          "STATEFULSET",
          "STORAGE_CLASS",
          "TAIL_INTERVAL",
          "TERMINATION_LOG",
          "TIME_ZONE",
          "VOLUME_SNAPSHOT_CLASS");

  /// Variables whose values are masked even in a job that has no setting for them.
  static final Set<String> SECRETS =
      Set.of("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "MARIADB_PASSWORD", "SLACK_WEBHOOK_URL");

  /// Names that others use (schedulers, shells, images) and that come near to one of ours.
  static final Set<String> FOREIGN =
      Set.of(
          "CODE",
          "HOST",
          "HOSTNAME",
          "MAXAGE",
          "NODE",
          "NODE_ENV",
          "NODE_NAME",
          "POD_NAMESPACE",
          "TIMEZONE");

  private KnownSettings() {}
}
