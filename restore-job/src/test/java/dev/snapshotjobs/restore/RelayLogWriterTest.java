package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.Body;
import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.EventType;
import dev.snapshotjobs.common.binlog.LogBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayLogWriterTest {
  private static final int WRITE_ROWS = 23;
  private static final int HEADER = 19;
  private static final int PIECE = 1 << 20;
  private static final long GIB = 1L << 30;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private Path folder;

  /// Says what was cut, and has nothing written.
  private static final class Seen implements RelayLogWriter.Pieces {
    private final List<RelayLog> done = new ArrayList<>();

    @Override
    public RelayLogWriter.Piece next() {
      return new RelayLogWriter.Piece(done.size() + 1, false);
    }

    @Override
    public void done(RelayLogWriter.Piece piece, RelayLog relayLog) {
      done.add(relayLog);
    }
  }

  private static void accept(RelayLogWriter writer, byte[] bytes) throws IOException {
    writer.accept(bytes, 0, bytes.length);
  }

  /// A transaction is never divided among logs, so a log may be much larger than its limit, and
  /// more than a Java array: all of it goes through a small buffer.
  @Test
  void cutsALogOfATransactionOfMoreThanTwoGib() throws Exception {
    Seen seen = new Seen();
    RelayLogWriter writer =
        new RelayLogWriter(
            "bin.000001",
            Optional.empty(),
            Long.MAX_VALUE,
            16 << 20,
            new RelayLogFolder(folder, "relay-bin"),
            seen,
            new Following(new EventStatuses(Map.of()), new IgnoredTables(List.of())),
            new RelayLogWriter.Progressed(0, 0));
    LogBuilder begin = LogBuilder.with(ChecksumAlgorithm.NONE).gtid(1, 0);
    LogBuilder end = LogBuilder.with(ChecksumAlgorithm.NONE).add(EventType.XID, new Body().i64(1));
    int head = LogBuilder.with(ChecksumAlgorithm.NONE).size();
    byte[] zeros = new byte[PIECE];

    accept(writer, begin.bytes());
    for (int event = 0; event < 2; event++) {
      accept(writer, LogBuilder.header(WRITE_ROWS, 0, HEADER + GIB).bytes());
      for (int piece = 0; piece < GIB / PIECE; piece++) {
        accept(writer, zeros);
      }
    }
    byte[] rest = end.bytes();
    writer.accept(rest, head, rest.length - head);
    writer.end();

    long length = begin.size() + 2 * (HEADER + GIB) + rest.length - head;
    assertThat(seen.done).hasSize(1);
    assertThat(seen.done.getFirst().bytes()).isEqualTo(length);
    assertThat(seen.done.getFirst().end()).isEqualTo(length);
    assertThat(seen.done.getFirst().position()).hasToString("0-3-1");
    assertThat(seen.done.getFirst().transactions()).isEqualTo(1);
  }
}
