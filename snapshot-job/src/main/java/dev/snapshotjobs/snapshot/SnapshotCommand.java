package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.config.Environment;
import dev.snapshotjobs.common.config.KubernetesNameConverter;
import dev.snapshotjobs.common.config.KubernetesOptions;
import dev.snapshotjobs.common.config.MariaDbOptions;
import dev.snapshotjobs.common.config.OptionalS3Options;
import dev.snapshotjobs.common.config.OutputOption;
import dev.snapshotjobs.common.config.PodOptions;
import dev.snapshotjobs.common.config.Problems;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobCommand;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.mariadb.CommitLock;
import dev.snapshotjobs.common.mariadb.DatabaseFailures;
import dev.snapshotjobs.common.mariadb.LockBudgets;
import dev.snapshotjobs.common.objects.LockOptions;
import dev.snapshotjobs.common.objects.S3Settings;
import dev.snapshotjobs.common.snapshot.ReleasePoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The settings of snapshot-job, and where its parts are put together.
@Command(
    name = "snapshot-job",
    description = "Takes one VolumeSnapshot of a MariaDB server and proves that it is consistent.")
public final class SnapshotCommand implements JobCommand {
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(5);

  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofHours(3));
  @Mixin private final KubernetesOptions kubernetes = new KubernetesOptions();
  @Mixin private final MariaDbOptions mariaDb = new MariaDbOptions();
  @Mixin private final PodOptions pod = new PodOptions();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin private final OptionalS3Options s3 = new OptionalS3Options();
  @Mixin private final LockOptions lock = new LockOptions();

  @Option(
      names = "--volume-snapshot-class",
      converter = KubernetesNameConverter.class,
      description =
          "VolumeSnapshotClass to use; by default the driver's default class, or its only one.")
  private @Nullable String snapshotClass;

  @Option(
      names = "--snapshot-mode",
      description =
          "What keeps commits waiting during the cut: backup-stage, flush-tables, or none, for"
              + " InnoDB alone with durable settings.")
  private SnapshotMode mode = SnapshotMode.BACKUP_STAGE;

  @Option(
      names = "--require-consistent",
      description = "Remove a snapshot that is not proven to be consistent, and fail.")
  private boolean requireConsistent;

  @Option(
      names = "--max-lag",
      description = "How far a replica may be behind its primary; further is no backup.")
  private Duration maxLag = Duration.ofMinutes(5);

  @Option(
      names = "--release-at",
      description =
          "When commits may go on: cut, when the driver reports it, or ready, when the snapshot is;"
              + " by default as the driver's profile says.")
  private @Nullable ReleasePoint releaseAt;

  @Option(
      names = "--min-interval",
      description =
          "How far apart the storage wants two snapshots of one volume; by default as the driver's"
              + " profile says.")
  private @Nullable Duration minInterval;

  @Option(names = "--lock-wait", description = "How long one attempt may wait for the lock.")
  private Duration lockWait = Duration.ofSeconds(10);

  @Option(
      names = "--lock-attempts",
      description = "How often the lock is tried, with growing pauses.")
  private int lockAttempts = 3;

  @Option(
      names = "--max-hold",
      description = "How long commits may be blocked; then the lock goes, and the run fails.")
  private Duration maxHold = Duration.ofSeconds(30);

  @Option(
      names = "--lease-wait",
      description =
          "How long to wait for another run on the same instance; by default longer than one that"
              + " was killed can be in the way.")
  private Duration leaseWait = Duration.ofMinutes(2);

  @Option(
      names = "--ready-timeout",
      description = "How long to wait, without any lock, until the snapshot is readyToUse.")
  private Duration readyTimeout = Duration.ofHours(2);

  @Option(
      names = "--job-name",
      converter = KubernetesNameConverter.class,
      description =
          "Kubernetes Job that this run belongs to; its schedule slot names the snapshot, so that a"
              + " second pod finds the first one's work.")
  private @Nullable String jobName;

  @Override
  public String job() {
    return "snapshot-job";
  }

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public void check(Problems problems) {
    atLeastOneSecond("--lock-wait", lockWait, problems);
    atLeastOneSecond("--max-hold", maxHold, problems);
    if (maxHold.compareTo(LONGEST_HOLD) > 0) {
      problems.add(
          "--max-hold",
          "commits would wait for up to " + DurationConverter.format(maxHold),
          "at most 5m");
    }
    if (lockAttempts < 1 || lockAttempts > 10) {
      problems.add("--lock-attempts", "is " + lockAttempts, "1 to 10");
    }
    if (requireConsistent && mode.lock().isEmpty()) {
      problems.add(
          "--require-consistent",
          "cannot be had with SNAPSHOT_MODE=" + mode,
          "one of the two, or another mode");
    }
    if (problems.isEmpty()) {
      SnapshotSettings.Limits limits = limits();
      Duration longest =
          limits
              .leaseWait()
              .plus(limits.underLease())
              .plus(limits.readyTimeout())
              .plus(s3.bucket().isEmpty() ? Duration.ZERO : SnapshotSettings.Catalogue.LONGEST);
      if (common.deadline().compareTo(longest) < 0) {
        problems.add(
            "--deadline",
            DurationConverter.format(common.deadline())
                + " is shorter than the waits that it contains, "
                + DurationConverter.format(longest),
            "at least " + DurationConverter.format(longest) + ", or shorter waits");
      }
    }
  }

  private static void atLeastOneSecond(String option, Duration value, Problems problems) {
    if (value.compareTo(Duration.ofSeconds(1)) < 0) {
      problems.add(
          option,
          "is " + DurationConverter.format(value) + ", but the server counts in seconds",
          "1s or more");
    }
  }

  SnapshotSettings.Limits limits() {
    return new SnapshotSettings.Limits(
        new LockBudgets(lockWait, maxHold), lockAttempts, leaseWait, readyTimeout);
  }

  private SnapshotSettings settings() {
    return new SnapshotSettings(
        common.instance(),
        new PodChoice.Wanted(pod.podName(), pod.statefulSet(), pod.pvcName()),
        new SnapshotSettings.Database(
            mariaDb.host(),
            mariaDb.port(),
            mariaDb.user(),
            mariaDb.password(),
            mariaDb.tls(),
            mariaDb.caFile()),
        new SnapshotSettings.Demands(mode, requireConsistent, maxLag),
        new SnapshotSettings.Storage(
            Optional.ofNullable(snapshotClass),
            Optional.ofNullable(releaseAt),
            Optional.ofNullable(minInterval)),
        limits(),
        s3.bucket()
            .map(bucket -> new SnapshotSettings.Catalogue(S3Settings.of(s3, bucket), lock.term())),
        Optional.ofNullable(jobName),
        common.dryRun(),
        output.output());
  }

  @Override
  public Conclusion run(Run run) throws InterruptedException {
    Cluster cluster = Cluster.connect(kubeconfig(run.environment()));
    run.closeAtEnd(cluster);
    String namespace = kubernetes.namespace();
    if (!common.dryRun()) {
      run.addSink(cluster.events(namespace, job()));
    }
    try {
      return new SnapshotJob(settings(), cluster, namespace, run).execute();
    } catch (KubernetesFailure failure) {
      throw JobException.failed(
          SnapshotReason.CLUSTER_UNREACHABLE,
          String.valueOf(failure.getMessage()),
          failure.status() == 403
              ? "grant the service account what the message names (kustomize/base/snapshot-job)"
              : "run again when the API answers",
          failure);
    } catch (SQLException failure) {
      throw databaseFailure(failure);
    }
  }

  private static Optional<String> kubeconfig(Environment environment) {
    Optional<String> path = environment.get("KUBECONFIG");
    path.filter(file -> !Files.isReadable(Path.of(file)))
        .ifPresent(
            file -> {
              throw JobException.misconfigured(
                  SnapshotReason.CLUSTER_UNREACHABLE,
                  "KUBECONFIG: '" + file + "' cannot be read",
                  "correct KUBECONFIG; inside of a cluster leave it out");
            });
    return path;
  }

  private JobException databaseFailure(SQLException failure) {
    if (CommitLock.SEVERAL_SERVERS.equals(failure.getSQLState())) {
      return JobException.refused(
          SnapshotReason.OTHER_SERVER,
          String.valueOf(failure.getMessage()),
          "leave MARIADB_HOST out, so that the job connects to the pod's own address",
          failure);
    }
    return new DatabaseFailures(
            mariaDb.user(), SnapshotReason.ACCESS_DENIED, SnapshotReason.DATABASE_UNREACHABLE)
        .of(failure);
  }
}
