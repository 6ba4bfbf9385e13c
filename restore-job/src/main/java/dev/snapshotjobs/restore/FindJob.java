package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.ChainEnd;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.History;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.bucket.HistoryReader;
import dev.snapshotjobs.common.bucket.LogReader;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.report.Phase;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of `find`: reads every log in which something may be, and tells what there is. It needs
/// the right to list and read the bucket, and changes nothing.
final class FindJob {
  private static final Logger LOG = LoggerFactory.getLogger(FindJob.class);

  private final Search search;
  private final int limit;
  private final OutputFormat output;
  private final HistoryReader histories;
  private final LogReader logs;
  private final Run run;
  private final Deque<FoundTransaction> last = new ArrayDeque<>();
  private final List<String> unread = new ArrayList<>();
  private long found;
  private long bytes;

  FindJob(
      String instance, Search search, int limit, OutputFormat output, ObjectStore store, Run run) {
    this.search = search;
    this.limit = limit;
    this.output = output;
    this.histories = new HistoryReader(store, instance);
    this.logs = new LogReader(store, new BucketReader(store, instance));
    this.run = run;
  }

  Conclusion execute() {
    Histories all;
    try (Phase _ = run.report().phase("read-documents")) {
      all = histories.read();
    }
    if (all.all().isEmpty()) {
      throw Planning.nothingArchived();
    }
    all.damages().stream().filter(damage -> damage.hides().isPresent()).forEach(this::notRead);
    all.chains().stream()
        .map(Chain::end)
        .filter(end -> end instanceof ChainEnd.Gap)
        .forEach(gap -> notRead(gap.words()));
    try (Phase _ = run.report().phase("search")) {
      for (History history : all.all()) {
        for (ArchivedLog log : history.logs()) {
          run.stop().throwIfRequested();
          if (mayHave(log)) {
            search(history, log);
          }
        }
      }
    }
    FoundText text = new FoundText(search.table(), List.copyOf(last), found, unread);
    run.out().print(text.in(output));
    return conclusion(text);
  }

  /// Times lie between those of its transactions; a log without any has nothing.
  private boolean mayHave(ArchivedLog log) {
    return log.content().times().stream()
        .anyMatch(
            times ->
                search.to().filter(times.earliest()::isAfter).isEmpty()
                    && search.from().filter(times.latest()::isBefore).isEmpty());
  }

  private void search(History history, ArchivedLog log) {
    LogSearch reading = new LogSearch(history.id(), log.log().text(), search, this::add);
    try {
      logs.read(
          log,
          (plain, from, length) -> {
            run.stop().throwIfRequested();
            reading.accept(plain, from, length);
          });
      bytes += log.content().size();
    } catch (IOException e) {
      run.stop().throwIfRequested(); // it breaks what is being read
      notRead("%s of timeline %s: %s".formatted(log.log(), history.id(), e.getMessage()));
    }
    LOG.atInfo()
        .addKeyValue("timeline", history.id().toString())
        .addKeyValue("log", log.log().text())
        .addKeyValue("bytes", log.content().size())
        .addKeyValue("found", found)
        .log("log searched");
  }

  private void add(FoundTransaction transaction) {
    found++;
    last.addLast(transaction);
    if (last.size() > limit) {
      last.removeFirst();
    }
  }

  private void notRead(Damage damage) {
    notRead(damage.toString());
  }

  private void notRead(String what) {
    unread.add(what);
    run.report().warn("not searched: " + what);
  }

  private Conclusion conclusion(FoundText text) {
    String message =
        "%d transactions were found in %d bytes of binary logs".formatted(found, bytes);
    if (!unread.isEmpty()) {
      return new Conclusion(
          ExitCode.ATTENTION,
          "searched-in-part",
          RestoreReason.SEARCHED_IN_PART,
          message + "; not searched: " + String.join("; ", unread),
          "run binlog-archiver verify, which says of each damage what to do");
    }
    return found == 0
        ? Conclusion.done("nothing-found", RestoreReason.NOTHING_FOUND, message)
        : Conclusion.done(
            "found", RestoreReason.FOUND, message + text.hint().map("; "::concat).orElse(""));
  }
}
