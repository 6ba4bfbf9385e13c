package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.binlog.LogSummary;
import java.util.ArrayList;
import java.util.List;

/// What a document says of a log, held against what a reading of the log finds.
final class SummaryComparison {
  private SummaryComparison() {}

  /// In words. What documents say only in part, such as incidents, is left out.
  static List<String> differences(LogSummary said, LogSummary found) {
    List<String> different = new ArrayList<>();
    add(different, "size", said.size(), found.size());
    add(different, "sha256", said.sha256(), found.sha256());
    add(different, "head", said.head(), found.head());
    add(different, "checksum", said.checksum(), found.checksum());
    add(different, "encryptedAtSource", said.encryptedAtSource(), found.encryptedAtSource());
    add(different, "start", said.start(), found.start());
    add(different, "end", said.end(), found.end());
    add(different, "transactions", said.transactions(), found.transactions());
    add(
        different,
        "wholeTransactionsEnd",
        said.wholeTransactionsEnd(),
        found.wholeTransactionsEnd());
    add(different, "abandoned", said.abandoned(), found.abandoned());
    add(different, "times", said.times(), found.times());
    add(different, "incidentCount", said.incidentCount(), found.incidentCount());
    add(different, "ending", said.ending(), found.ending());
    return different;
  }

  private static void add(List<String> different, String field, Object said, Object found) {
    if (!said.equals(found)) {
      different.add("%s is %s there, and %s in the log".formatted(field, said, found));
    }
  }
}
