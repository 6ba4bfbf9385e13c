package dev.snapshotjobs.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.snapshotjobs.common.binlog.BinlogFormatException;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.ScanListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The data of a server that shall be restored, as files that no server has open.
///
/// @param dataDir where they are
/// @param logBase what stands in front of the number in the names of its binary logs
record RecoveredCopy(Path dataDir, Path logBase) {
  /// What a restore writes beside the data about itself.
  private static final String MARKER = "mariadb-snapshot-jobs-restore.json";

  private static final int PIECE = 256 << 10;

  /// Files by which a server goes on replicating when it is started.
  private static final Pattern REPLICATION =
      Pattern.compile(
          "(master|relay-log|multi-master)(-.*)?\\.info|.*-relay-bin(-.*)?\\.(\\d+|index)");

  /// The end of the newest log of the copy.
  sealed interface LogEnd {
    /// It was read up to its last whole transaction.
    ///
    /// @param head tells the log from all others
    /// @param torn whether bytes lie behind its last whole transaction that say nothing: the server
    ///   was cut off while it wrote them
    record Known(String log, String head, GtidState state, boolean torn) implements LogEnd {}

    /// Only the server itself can read it.
    record Encrypted(String log) implements LogEnd {}

    /// The copy has no logs at all.
    record None() implements LogEnd {}
  }

  Path marker() {
    return dataDir.resolve(MARKER);
  }

  boolean isDataDirectory() {
    return Files.isDirectory(dataDir.resolve("mysql"));
  }

  /// Reads it before any server is started on the copy, because that adds a log of its own.
  LogEnd logEnd() throws IOException {
    List<String> logs = logs();
    if (logs.isEmpty()) {
      return new LogEnd.None();
    }
    String name = Path.of(logs.getLast()).getFileName().toString();
    return read(name, logBase.resolveSibling(name));
  }

  private Path index() {
    return Path.of(logBase + ".index");
  }

  private List<String> logs() throws IOException {
    if (!Files.exists(index())) {
      return List.of();
    }
    return Files.readAllLines(index(), UTF_8).stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /// What stands in front of the names in the index of the logs: `./`, or a folder; empty if there
  /// are none.
  String logFolder() throws IOException {
    List<String> logs = logs();
    return logs.isEmpty() ? "" : logs.getLast().substring(0, logs.getLast().lastIndexOf('/') + 1);
  }

  /// Names the logs in their index as the source's server does, which may have been told of them in
  /// another way than the server of the restore: it would list them, and find none of them. The
  /// server must not begin another log after that.
  void nameLogs(String folder) throws IOException {
    StringBuilder index = new StringBuilder();
    for (String log : logs()) {
      index.append(folder).append(Path.of(log).getFileName()).append('\n');
    }
    Files.write(index(), index.toString().getBytes(UTF_8)); // in place: the server has it open
  }

  private static LogEnd read(String name, Path file) throws IOException {
    LogScan scan = new LogScan(100, ScanListener.NONE);
    BinlogFormatException fault = feed(scan, file);
    if (fault != null && fault.fault() == BinlogFormatException.Fault.ENCRYPTED) {
      return new LogEnd.Encrypted(name);
    }
    boolean whole = fault == null && scan.offset() == Files.size(file);
    // A second reading up to the last whole event tells what is to be told of a log.
    LogScan again = new LogScan(100, ScanListener.NONE);
    feed(again, file, scan.offset());
    return new LogEnd.Known(
        name,
        again.summary().head(),
        again.state(),
        !whole || again.wholeTransactionsEnd() != again.offset());
  }

  private static @Nullable BinlogFormatException feed(LogScan scan, Path file) throws IOException {
    try {
      feed(scan, file, Long.MAX_VALUE);
      return null;
    } catch (BinlogFormatException e) {
      return e;
    }
  }

  private static void feed(LogScan scan, Path file, long size) throws IOException {
    byte[] piece = new byte[PIECE];
    try (InputStream in = Files.newInputStream(file)) {
      long left = size;
      int length = in.read(piece, 0, (int) Math.min(piece.length, left));
      while (length > 0) {
        scan.accept(piece, 0, length);
        left -= length;
        length = left == 0 ? -1 : in.read(piece, 0, (int) Math.min(piece.length, left));
      }
    }
  }

  /// What the last restore on it has written; empty if none has touched it.
  Optional<CopyMarker> read() throws IOException {
    return Files.exists(marker())
        ? Optional.of(CopyMarker.read(marker().toString(), Files.readAllBytes(marker())))
        : Optional.empty();
  }

  void write(CopyMarker state) throws IOException {
    Scratch.write(marker(), new String(state.json(), UTF_8));
  }

  /// Takes away by what a server would go on as a replica of the source's primary.
  ///
  /// @return what was something of it
  List<String> forgetReplication() throws IOException {
    try (Stream<Path> files = Files.list(dataDir)) {
      List<Path> found =
          files
              .filter(file -> REPLICATION.matcher(file.getFileName().toString()).matches())
              .sorted()
              .toList();
      List<String> said = new ArrayList<>();
      for (Path file : found) {
        if (Files.size(file) > 0) { // a server that never was a replica has empty ones
          said.add(file.getFileName().toString());
        }
        Files.delete(file);
      }
      return said;
    }
  }
}
