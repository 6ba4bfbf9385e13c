package dev.snapshotjobs.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The general query log of a server: what it was asked, by which connection, in which order.
record GeneralLog(List<Entry> entries) {
  private static final Pattern QUERY = Pattern.compile(".*?\\s(\\d+) Query\\t(.*)");

  record Entry(long connection, String statement) {}

  static GeneralLog read(Path file) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      Matcher query = QUERY.matcher(line);
      if (query.matches()) {
        entries.add(new Entry(Long.parseLong(query.group(1)), query.group(2).strip()));
      }
    }
    return new GeneralLog(entries);
  }

  /// Everything that the connection asked which ran this statement last.
  List<Entry> connectionThatRan(String statement) {
    long connection =
        entries.reversed().stream()
            .filter(entry -> entry.statement().equals(statement))
            .findFirst()
            .orElseThrow(() -> new AssertionError("nobody ran " + statement))
            .connection();
    return entries.stream().filter(entry -> entry.connection() == connection).toList();
  }
}
