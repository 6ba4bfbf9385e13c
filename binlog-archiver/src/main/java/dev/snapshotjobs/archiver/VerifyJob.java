package dev.snapshotjobs.archiver;

import dev.snapshotjobs.archiver.Selection.Chosen;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.ChainEnd;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.bucket.HistoryReader;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.report.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of `verify`: reads everything, goes on behind what is wrong, and tells all of it. It
/// needs the right to list and read the bucket, and changes nothing.
final class VerifyJob {
  private static final Logger LOG = LoggerFactory.getLogger(VerifyJob.class);

  private final Selection selection;
  private final ObjectStore store;
  private final BucketReader reader;
  private final HistoryReader histories;
  private final Run run;
  private final List<Damage> found = new ArrayList<>();
  private long bytes;

  VerifyJob(String instance, Selection selection, ObjectStore store, Run run) {
    this.selection = selection;
    this.store = store;
    this.reader = new BucketReader(store, instance);
    this.histories = new HistoryReader(store, instance);
    this.run = run;
  }

  Conclusion execute() {
    Histories all;
    try (Phase _ = run.report().phase("read-documents")) {
      all = histories.read();
    }
    List<Damage> known = selection.damages(all, reader.keys());
    List<Chosen> logs = selection.logs(all);
    if (selection.isNamed() && logs.isEmpty() && known.isEmpty()) {
      throw JobException.misconfigured(
          ArchiverReason.NOT_ARCHIVED,
          "nothing of that name is archived",
          "see by `binlog-archiver status` what there is");
    }
    tell(known);
    selection.chains(all).forEach(this::tellEnd);
    try (Phase _ = run.report().phase("read-logs")) {
      for (int i = 0; i < logs.size(); i++) {
        run.stop().throwIfRequested();
        verify(logs.get(i), "%d of %d".formatted(i + 1, logs.size()));
      }
    }
    return conclusion(logs.size());
  }

  private void tellEnd(Chain chain) {
    switch (chain.end()) {
      case ChainEnd.Gap gap -> {
        OfLog next = new OfLog(chain.timeline(), gap.next(), LogPart.MANIFEST);
        tell(List.of(Damage.of(reader.keys(), next, gap.words())));
      }
      case ChainEnd.Unproven gap ->
          LOG.atInfo()
              .addKeyValue("timeline", chain.timeline().toString())
              .addKeyValue("why", gap.words())
              .log("gap that is known");
      // What is damaged is told by itself.
      case ChainEnd.Damaged _, ChainEnd.Fork _, ChainEnd.EndOfArchive _ -> {}
    }
  }

  private void verify(Chosen chosen, String progress) {
    List<Damage> damages =
        switch (chosen.log()) {
          case ArchivedLog.Sealed(Manifest manifest) ->
              LogVerifier.verify(reader, run.stop(), manifest);
          case ArchivedLog.Open(TailPrefix tail) -> tail(chosen.timeline(), tail);
        };
    bytes += chosen.log().content().size();
    LOG.atInfo()
        .addKeyValue("timeline", chosen.timeline().toString())
        .addKeyValue("log", chosen.log().log().text())
        .addKeyValue("bytes", chosen.log().content().size())
        .addKeyValue("damages", damages.size())
        .addKeyValue("progress", progress)
        .log("log verified");
    tell(damages);
  }

  private List<Damage> tail(TimelineId timeline, TailPrefix tail) {
    List<Damage> damages = new TailVerifier(store, reader, run.stop()).verify(tail);
    return damages.isEmpty()
        ? damages
        : sealedMeanwhile(timeline, tail)
            .map(manifest -> LogVerifier.verify(reader, run.stop(), manifest))
            .orElse(damages);
  }

  /// A run of `archive` that seals the log takes its chunks away.
  private Optional<Manifest> sealedMeanwhile(TimelineId timeline, TailPrefix tail) {
    try {
      return reader.manifest(timeline, tail.chunks().getLast().log());
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("a manifest that was written meanwhile cannot be read");
      return Optional.empty();
    }
  }

  private void tell(List<Damage> damages) {
    for (Damage damage : damages) {
      run.out().println(damage + "\n    " + damage.todo());
      run.report().warn(damage + " (" + damage.todo() + ")");
      found.add(damage);
    }
  }

  private Conclusion conclusion(int logs) {
    String read = "%d logs (%d bytes) were read again".formatted(logs, bytes);
    if (found.isEmpty()) {
      run.out().println(read + ", and are what was archived");
      return Conclusion.done(
          "verified", ArchiverReason.VERIFIED, read + ", and are what was archived");
    }
    Damage first = found.getFirst();
    return new Conclusion(
        ExitCode.ATTENTION,
        "damaged",
        ArchiverReason.ARCHIVE_DAMAGED,
        "%d damages, the first: %s; %s".formatted(found.size(), first, read),
        first.todo());
  }
}
