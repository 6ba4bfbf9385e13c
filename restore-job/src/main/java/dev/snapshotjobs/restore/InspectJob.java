package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.report.Phase;
import dev.snapshotjobs.restore.RecoveredCopy.LogEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Whether a copy is what its snapshot says, by the copy's own newest log: the snapshot names the
/// position that its data end at, and under a lock that was held no transaction lies behind it.
final class InspectJob {
  private static final int PASSWORD_BYTES = 24;

  private final BucketReader documents;
  private final ObjectStore store;
  private final Run run;

  InspectJob(String instance, ObjectStore store, Run run) {
    this.store = store;
    this.documents = new BucketReader(store, instance);
    this.run = run;
  }

  Conclusion execute(CopyOptions options, boolean acceptRecovered) throws IOException {
    RestoreSource source = RestoreSource.read(documents, options);
    RecoveredCopy copy = source.copy(options.dataDir());
    Optional<CopyMarker> marker = copy.read();
    if (marker.isPresent()) {
      boolean own = source.owns(marker.get(), options);
      // A server that a restore has brought into service has its marker, and so has each copy of
      // it.
      if (own || !marker.get().isReady()) {
        return alreadyTouched(marker.get(), own, options);
      }
    }
    if (!copy.isDataDirectory()) {
      throw JobException.refused(
          RestoreReason.COPY_DIFFERS,
          "there is no data directory of MariaDB in " + copy.dataDir(),
          "see whether the snapshot is of the volume that has the data");
    }
    LogEnd end;
    try (Phase _ = run.report().phase("read-copy")) {
      end = copy.logEnd();
    }
    Optional<GtidState> recovered = recovered(end, source, acceptRecovered);
    options
        .scratch()
        .write(Scratch.Note.RECOVERED_STATE, recovered.map(GtidState::toString).orElse(""));
    options
        .scratch()
        .write(Scratch.Note.ENCRYPTED_LOG, end instanceof LogEnd.Encrypted(String log) ? log : "");
    options.scratch().write(Scratch.Note.LOG_FOLDER, copy.logFolder());
    letIn(options.scratch());
    copy.write(
        CopyMarker.begun(options.id(), source.entry().snapshot().uid(), run.clock().instant()));
    recovered.ifPresent(
        state -> run.report().position("gtid_recovered", state.position().toString()));
    return Conclusion.done(
        "inspected",
        RestoreReason.INSPECTED,
        switch (end) {
          case LogEnd.Known known ->
              "the copy ends at %s, in %s%s"
                  .formatted(
                      known.state().position(),
                      known.log(),
                      known.torn() ? ", behind which a transaction was cut off" : "");
          case LogEnd.Encrypted(String log) -> log + " is encrypted: the server itself reads it";
          case LogEnd.None() -> "the copy has no binary log";
        });
  }

  /// The one way for a restored volume back to be empty is to make it anew.
  private Conclusion alreadyTouched(CopyMarker marker, boolean own, CopyOptions options)
      throws IOException {
    if (own && marker.isReady()) {
      // The server must start all the same, because the pod waits for it; nobody needs to get in.
      Scratch.write(
          options.scratch().initFile(),
          "SET SESSION sql_log_bin = 0;\nDROP USER IF EXISTS " + RestoreServer.ACCOUNT + ";\n");
      return Conclusion.done(
          "ready", RestoreReason.INSPECTED, "the restore was ready at " + marker.at());
    }
    throw own
        ? JobException.failed(
            RestoreReason.COPY_BEGUN,
            "a restore was begun on this copy at %s, and its server is gone".formatted(marker.at()),
            "make a new copy of the snapshot; restore-job pitr and clone do so by themselves")
        : JobException.refused(
            RestoreReason.COPY_DIFFERS,
            "the data are of another restore: %s, of %s".formatted(marker.restore(), marker.at()),
            "take a new volume");
  }

  private Optional<GtidState> recovered(LogEnd end, RestoreSource source, boolean acceptRecovered) {
    Optional<PlanDocument> plan = source.plan();
    Optional<GtidState> recorded = source.recordedState();
    return switch (end) {
      case LogEnd.Encrypted(String log) -> {
        if (plan.isPresent() && !plan.get().firstLog().text().equals(log)) {
          throw otherLog(log, plan.get(), source.entry());
        }
        yield Optional.empty();
      }
      case LogEnd.None() -> {
        if (plan.isPresent()) {
          throw differs("it has no binary log", source.entry());
        }
        yield Optional.of(GtidState.EMPTY);
      }
      case LogEnd.Known known -> {
        if (plan.isPresent()) {
          requireSameLog(known, plan.get(), source.entry(), acceptRecovered);
        }
        if (recorded.isPresent() && !recorded.get().equals(known.state())) {
          if (!acceptRecovered) {
            throw differs(
                "its data end at '%s', and the snapshot says '%s'"
                    .formatted(known.state(), recorded.get()),
                source.entry());
          }
          run.report()
              .warn(
                  "the data of the copy end at '%s' and not at '%s'; the replay begins there"
                      .formatted(known.state(), recorded.get()));
        }
        yield Optional.of(known.state());
      }
    };
  }

  /// A log of the same name may be of another history.
  private void requireSameLog(
      LogEnd.Known known, PlanDocument plan, CatalogueEntry entry, boolean acceptRecovered) {
    List<ArchivedLog> logs = new PlannedLogs(store, documents).read(plan);
    boolean first = logs.getFirst().log().text().equals(known.log());
    Optional<ArchivedLog> own =
        logs.stream().filter(log -> log.log().text().equals(known.log())).findFirst();
    if (own.isEmpty() || (!first && !acceptRecovered)) {
      throw otherLog(known.log(), plan, entry);
    }
    if (!own.get().content().head().equals(known.head())) {
      throw differs(
          "its log %s is not the one of timeline %s: it begins differently"
              .formatted(known.log(), plan.timeline()),
          entry);
    }
  }

  private static JobException otherLog(String newest, PlanDocument plan, CatalogueEntry entry) {
    return differs(
        "its newest log is %s, and the plan begins with %s".formatted(newest, plan.firstLog()),
        entry);
  }

  private static JobException differs(String what, CatalogueEntry entry) {
    return JobException.refused(
        RestoreReason.COPY_DIFFERS,
        "the copy is not what snapshot %s says: %s".formatted(entry.snapshot().name(), what),
        "take another snapshot: restore-job windows shows them; if you know why the data end"
            + " elsewhere, --accept-recovered-position goes on from there");
  }

  /// The accounts of the source are in the data, and nobody knows their passwords here.
  private static void letIn(Scratch scratch) throws IOException {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    String password = "Aa1-" + HexFormat.of().formatHex(random);
    scratch.write(Scratch.Note.PASSWORD, password);
    Scratch.write(
        scratch.initFile(),
        """
        SET SESSION sql_log_bin = 0;
        CREATE OR REPLACE USER %1$s IDENTIFIED BY '%2$s';
        GRANT ALL PRIVILEGES ON *.* TO %1$s WITH GRANT OPTION;
        """
            .formatted(RestoreServer.ACCOUNT, password));
    Files.setPosixFilePermissions(
        scratch.initFile(), java.nio.file.attribute.PosixFilePermissions.fromString("rw-r-----"));
  }
}
