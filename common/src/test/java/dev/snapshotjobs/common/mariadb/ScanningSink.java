package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.binlog.ScanListener;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Scans every log that it is given from its first byte, and keeps what the dump said meanwhile.
public class ScanningSink implements DumpSink {
  public final Map<String, LogScan> scans = new LinkedHashMap<>();
  private final BlockingQueue<BinlogCoordinates> caughtUp = new LinkedBlockingQueue<>();
  private final ScanListener listener;

  @SuppressWarnings("NullAway.Init") // bytes come after the name of their log
  private LogScan current;

  public ScanningSink() {
    this(ScanListener.NONE);
  }

  public ScanningSink(ScanListener listener) {
    this.listener = listener;
  }

  @Override
  public boolean begin(String log, long offset) throws IOException {
    if (offset != 0) {
      throw new IOException("expected " + log + " from its first byte, not from " + offset);
    }
    current = new LogScan(100, listener);
    scans.put(log, current);
    return true;
  }

  @Override
  public void bytes(byte[] bytes, int from, int length) throws IOException {
    current.accept(bytes, from, length);
  }

  @Override
  public void caughtUp(BinlogCoordinates at) {
    caughtUp.add(at);
  }

  public LogSummary summary(String log) throws IOException {
    LogScan scan = scans.get(log);
    if (scan == null) {
      throw new AssertionError("the dump brought " + scans.keySet() + ", not " + log);
    }
    return scan.summary();
  }

  /// What was said until now shall not count.
  public void forget() {
    caughtUp.clear();
  }

  /// Waits until the server has said that it has nothing beyond this place, or one after it: it
  /// adds a checkpoint to a new log when it likes.
  public BinlogCoordinates awaitCaughtUp(BinlogCoordinates place) throws InterruptedException {
    BinlogCoordinates at;
    do {
      at = caughtUp.poll(20, TimeUnit.SECONDS);
      if (at == null) {
        throw new AssertionError("the server never said that " + place + " is its end");
      }
    } while (!at.file().equals(place.file()) || at.offset() < place.offset());
    return at;
  }
}
