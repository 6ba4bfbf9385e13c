package dev.snapshotjobs.common.binlog;

import dev.snapshotjobs.common.binlog.BinlogFormatException.Fault;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads one log from its first byte and knows after each event what is to be said of it: its
/// digest, its history, and up to where it is whole. Takes bytes as a [BinlogParser] does.
public final class LogScan {
  private static final int INCIDENTS_SHOWN = 20;

  private final BinlogParser parser;
  private final LogDigest digest = new LogDigest();
  private final TransactionTracker transactions = new TransactionTracker();
  private final RunningGtidState state = new RunningGtidState(GtidState.EMPTY);
  private final ScanListener listener;
  private final List<LogSummary.IncidentAt> incidents = new ArrayList<>();
  private EventBody.@Nullable FormatDescription format;
  private GtidState start = GtidState.EMPTY;
  private LogSummary.@Nullable Times times;
  private LogEnding ending = new LogEnding.Open();
  private boolean encrypted;
  private long count;
  private long wholeEnd;
  private long incidentCount;

  /// @param textBytes how much of a statement the listener wants of its events
  public LogScan(int textBytes, ScanListener listener) {
    this.parser = BinlogParser.fromStart(textBytes, this::on);
    this.listener = listener;
  }

  public void accept(byte[] bytes, int from, int length) throws IOException {
    digest.update(bytes, from, length);
    parser.accept(bytes, from, length);
  }

  /// Where the last whole event ends.
  public long offset() {
    return parser.offset();
  }

  /// Up to where no transaction is left open: the place to cut a log that is still written.
  public long wholeTransactionsEnd() {
    return wholeEnd;
  }

  /// What a server has logged at [#offset()], without the transaction that is still open there.
  public GtidState state() {
    return state.now();
  }

  /// Says what was found up to here; more may follow. Fails inside of an event.
  public LogSummary summary() throws BinlogFormatException {
    parser.end();
    EventBody.FormatDescription described = format;
    if (described == null) {
      throw new BinlogFormatException(
          Fault.TRUNCATED, parser.offset(), "the log ends before its format description");
    }
    return new LogSummary(
        digest.length(),
        digest.value(),
        parser.headFingerprint(),
        described.serverVersion(),
        described.checksum(),
        encrypted,
        start,
        state.now(),
        count,
        wholeEnd,
        transactions.abandoned(),
        Optional.ofNullable(times),
        incidents,
        incidentCount,
        ending);
  }

  private void on(Event event) throws IOException {
    note(event);
    Progress progress = transactions.follow(event);
    if (progress instanceof Progress.Ends(Transaction transaction)) {
      count++;
      state.advance(transaction.gtid());
      Instant began = transaction.began();
      times = times == null ? LogSummary.Times.of(began) : times.and(began);
    }
    if (!transactions.isInsideATransaction()) {
      wholeEnd = event.header().end();
    }
    listener.on(event, progress);
  }

  private void note(Event event) {
    ending = new LogEnding.Open();
    switch (event.body()) {
      case EventBody.FormatDescription found -> format = found;
      case EventBody.GtidList list when count == 0 -> {
        start = list.state();
        state.reset(start);
      }
      case EventBody.StartEncryption _ -> encrypted = true;
      case EventBody.Rotate rotate -> ending = new LogEnding.RotatedTo(rotate.nextLog());
      case EventBody.Stop _ -> ending = new LogEnding.ServerStopped();
      case EventBody.Incident incident -> note(event.header().offset(), incident);
      default -> {} // belongs to a transaction, or says nothing of the log
    }
  }

  private void note(long offset, EventBody.Incident incident) {
    incidentCount++;
    if (incidents.size() < INCIDENTS_SHOWN) {
      incidents.add(new LogSummary.IncidentAt(offset, incident.code(), incident.message()));
    }
  }
}
