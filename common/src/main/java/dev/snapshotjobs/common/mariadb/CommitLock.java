package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A lock on every commit of a MariaDB server, held by one pinned connection of its own: a
/// [LockKind].
///
/// Nothing here trusts the thread that holds it to come back. A timer of its own ends the
/// connection when the time to get the lock or to hold it runs out, and the server ends it by
/// `wait_timeout` when the heartbeat of this process stops (killed, frozen, or cut off). A lock
/// that was lost stays lost: nothing reconnects.
///
/// Needs RELOAD and BINLOG MONITOR; source of the rules: docs/concepts/consistency.md and
/// docs/decisions/0002-backup-stage.md.
public final class CommitLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitLock.class);
  private static final int LOCK_WAIT_TIMEOUT = 1205; // ER_LOCK_WAIT_TIMEOUT

  /// SQLState of ours: the address leads to more than one server.
  public static final String SEVERAL_SERVERS = "HYSRV";

  /// How long a server may take to notice by itself that this process is gone.
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

  /// The server counts lock waits in whole seconds; our own timer only has to catch what it misses.
  private static final Duration TIMER_GRACE = Duration.ofSeconds(2);

  private enum State {
    IDLE,
    ACQUIRING,
    BLOCKING,
    HELD,
    RELEASED
  }

  private final Connection pinned;
  private final Connection witness;
  private final LockKind kind;
  private final LockBudgets budgets;
  private final long connectionId;
  private final ScheduledExecutorService timers =
      Executors.newScheduledThreadPool(
          2, Thread.ofPlatform().daemon().name("commit-lock-", 0).factory());
  private final AtomicReference<@Nullable Loss> loss = new AtomicReference<>();
  private volatile State state = State.IDLE;
  private @Nullable ScheduledFuture<?> deadMan;
  private volatile long blockingSinceNanos;
  private Duration blockedFor = Duration.ZERO;

  /// Why a lock ended although nobody released it.
  public record Loss(Cause cause, String why) {
    public enum Cause {
      /// The time to get the lock or to hold it ran out.
      BUDGET,
      /// The connection or its session is gone.
      SESSION,
      /// Somebody in this process gave it up.
      ABANDONED
    }
  }

  private CommitLock(
      Connection pinned,
      Connection witness,
      LockKind kind,
      LockBudgets budgets,
      long connectionId) {
    this.pinned = pinned;
    this.witness = witness;
    this.kind = kind;
    this.budgets = budgets;
    this.connectionId = connectionId;
  }

  /// Opens the pinned connection and the second one that bears witness; takes no lock yet.
  public static CommitLock open(MariaDbConnector connector, LockKind kind, LockBudgets budgets)
      throws SQLException {
    Duration readTimeout = budgets.lockWait().plus(budgets.maxHold()).plus(TIMER_GRACE);
    Connection pinned = connector.open(readTimeout);
    try {
      Connection witness = connector.open(readTimeout);
      try {
        CommitLock lock = new CommitLock(pinned, witness, kind, budgets, connectionIdOf(pinned));
        lock.prepare();
        return lock;
      } catch (SQLException e) {
        witness.close();
        throw e;
      }
    } catch (SQLException e) {
      pinned.close();
      throw e;
    }
  }

  private void prepare() throws SQLException {
    try (Statement statement = witness.createStatement()) {
      statement.execute("SET SESSION lock_wait_timeout = 0");
      statement.execute("SET SESSION max_statement_time = 0");
      // It sits idle for as long as the lock is waited for and held, whatever the server's default.
      statement.execute("SET SESSION wait_timeout = 28800");
    }
    requireOneServer();
    beatHeart();
  }

  /// Two connections to one address need not end at one server: a Service or a proxy may spread
  /// them. A named lock exists once in each server, so only there the witness sees who holds this
  /// one.
  private void requireOneServer() throws SQLException {
    String name = "mariadb-snapshot-jobs.same-server." + UUID.randomUUID();
    try (Statement asking = pinned.createStatement();
        Statement answering = witness.createStatement()) {
      asking.execute("DO GET_LOCK('" + name + "', 0)");
      try (ResultSet row = answering.executeQuery("SELECT IS_USED_LOCK('" + name + "')")) {
        row.next();
        if (row.getLong(1) != connectionId) {
          throw new SQLException(
              "two connections to this address ended at different servers; connect to the pod itself",
              SEVERAL_SERVERS);
        }
      }
      asking.execute("DO RELEASE_LOCK('" + name + "')");
    }
  }

  private static long connectionIdOf(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT CONNECTION_ID()")) {
      row.next();
      return row.getLong(1);
    }
  }

  /// Takes the lock. Long statements make the early backup stages wait while commits still go on;
  /// the last statement stalls them, so the time that it waits counts as time held.
  ///
  /// @throws LockNotAcquiredException if the lock was not to be had in time; nothing is held then,
  ///   and this can be called again
  public void acquire() throws SQLException, LockNotAcquiredException {
    long begun = System.nanoTime();
    state = State.ACQUIRING;
    armDeadMan(budgets.lockWait().plus(TIMER_GRACE), kind.title() + " was not acquired in time");
    String waitingFor = "";
    try (Statement statement = pinned.createStatement()) {
      for (String next : kind.acquisition()) {
        waitingFor = next;
        boolean blocking = kind.blocksCommits(next);
        statement.execute("SET SESSION lock_wait_timeout = " + waitSeconds(begun, blocking));
        if (blocking) {
          armDeadMan(budgets.maxHold(), kind.title() + " was held for longer than its budget");
          blockingSinceNanos = System.nanoTime();
          state = State.BLOCKING;
        }
        statement.execute(next);
      }
      state = State.HELD;
    } catch (SQLException e) {
      // First let go of the stages that were granted, with the timer still running.
      endIfAny();
      state = State.IDLE;
      disarmDeadMan();
      failIfLost(e);
      if (e.getErrorCode() != LOCK_WAIT_TIMEOUT) {
        throw e;
      }
      throw new LockNotAcquiredException(
          waitingFor, Duration.ofNanos(System.nanoTime() - begun), blockers(), e);
    }
  }

  /// What `@@hostname` is on the connection that takes the lock.
  public String hostname() throws SQLException {
    try (Statement statement = pinned.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@hostname")) {
      row.next();
      return row.getString(1);
    }
  }

  /// Where the server's history stands now; what will be asked under the lock can be asked before.
  public BinlogState readState() throws SQLException {
    try (Statement statement = pinned.createStatement()) {
      return readState(statement);
    }
  }

  /// Makes durable what was committed, and reads the position that this makes exact. Without the
  /// two flushes a server with `sync_binlog=0` or `innodb_flush_log_at_trx_commit=2` loses
  /// transactions below the position; without NO_WRITE_TO_BINLOG the first one would write a GTID
  /// of its own.
  public BinlogState flushAndReadState() throws SQLException {
    requireHeld();
    try (Statement statement = pinned.createStatement()) {
      statement.execute("FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS");
      statement.execute("FLUSH BINARY LOGS");
      return readState(statement);
    } catch (SQLException e) {
      failIfLost(e);
      throw e;
    }
  }

  /// Asks the server three ways whether this connection has held the lock all the time: it answers
  /// as the same session, no transaction was logged, and a second session is refused what the lock
  /// forbids.
  public LockEvidence prove(BinlogState atAcquisition) throws SQLException {
    requireHeld();
    try (Statement statement = pinned.createStatement()) {
      boolean sameSession = connectionIdOf(pinned) == connectionId;
      BinlogState now = readState(statement);
      return new LockEvidence(
          sameSession, !now.movedSince(atAcquisition), secondSessionIsRefused(), now);
    } catch (SQLException e) {
      failIfLost(e);
      throw e;
    }
  }

  /// Lets commits go on. Returns only when the server has acknowledged the end of a lock whose
  /// session was still there.
  public void release() throws SQLException {
    requireHeld();
    try (Statement statement = pinned.createStatement()) {
      statement.execute(kind.release());
    } catch (SQLException e) {
      failIfLost(e);
      throw e;
    }
    blockedFor = Duration.ofNanos(System.nanoTime() - blockingSinceNanos);
    disarmDeadMan();
    failIfLost(null);
    state = State.RELEASED;
  }

  /// From sending the statement that blocks commits to the acknowledged release: an upper bound of
  /// how long any commit was stalled.
  public Duration blockedFor() {
    return blockedFor;
  }

  /// Ends the pinned connection, and with it whatever it holds. Safe from any thread, at any time.
  public void abandon(String why) {
    lose(new Loss(Loss.Cause.ABANDONED, why));
  }

  private void lose(Loss how) {
    if (state == State.RELEASED || !loss.compareAndSet(null, how)) {
      return;
    }
    try {
      pinned.abort(Runnable::run);
    } catch (SQLException e) {
      // The server frees the lock by wait_timeout all the same; the loss itself is what counts.
      LOG.atWarn().setCause(e).log("the connection of the lock could not be ended");
    }
  }

  /// How the lock was lost, if it was.
  public Optional<Loss> lost() {
    return Optional.ofNullable(loss.get());
  }

  /// Ends whatever is still held. Never fails: what cannot be closed is gone already, and a proof
  /// that was made before must not be lost by it.
  @Override
  public void close() {
    // With the timer still running: over a network that is cut, the end would be waited for in
    // vain.
    if (state != State.RELEASED && lost().isEmpty()) {
      endIfAny();
    }
    timers.shutdownNow();
    for (Connection connection : new Connection[] {pinned, witness}) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.atDebug().setCause(e).log("a connection was closed already");
      }
    }
  }

  private boolean secondSessionIsRefused() throws SQLException {
    try (Statement statement = witness.createStatement()) {
      switch (kind) {
        case BACKUP_STAGE -> {
          statement.execute("BACKUP STAGE START");
          statement.execute("BACKUP STAGE END");
        }
        // The global read lock lets backup stages in. Preparing a transaction takes the lock that a
        // commit takes; this one is empty, so it is not logged.
        case FLUSH_TABLES -> prepareNothing(statement);
      }
      return false;
    } catch (SQLException e) {
      if (e.getErrorCode() == LOCK_WAIT_TIMEOUT) {
        return true;
      }
      throw e;
    }
  }

  private static void prepareNothing(Statement statement) throws SQLException {
    String transaction = "'mariadb-snapshot-jobs." + UUID.randomUUID() + "'";
    statement.execute("XA START " + transaction);
    statement.execute("XA END " + transaction);
    statement.execute("XA PREPARE " + transaction);
    statement.execute("XA ROLLBACK " + transaction);
  }

  private static BinlogState readState(Statement statement) throws SQLException {
    GtidState logged;
    GtidPosition current;
    try (ResultSet row =
        statement.executeQuery(
            "SELECT @@GLOBAL.gtid_binlog_pos, @@GLOBAL.gtid_current_pos,"
                + " @@GLOBAL.gtid_binlog_state")) {
      row.next();
      logged = GtidState.parse(row.getString(3)).endingAt(GtidPosition.parse(row.getString(1)));
      current = GtidPosition.parse(row.getString(2));
    }
    try (ResultSet row = statement.executeQuery("SHOW BINLOG STATUS")) {
      return new BinlogState(
          logged,
          current,
          row.next()
              ? Optional.of(new BinlogCoordinates(row.getString(1), row.getLong(2)))
              : Optional.empty());
    }
  }

  /// Makes the server end this session, and the lock with it, soon after the last sign of life.
  private void beatHeart() throws SQLException {
    try (Statement statement = pinned.createStatement()) {
      statement.execute("SET SESSION max_statement_time = 0");
      statement.execute("SET SESSION wait_timeout = " + silenceSeconds());
    }
    long everyMillis = TimeUnit.SECONDS.toMillis(silenceSeconds()) / 4;
    var _ =
        timers.scheduleWithFixedDelay(this::beat, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  /// One sign of life. It also shortens what the server tolerates to what is left of the budget, so
  /// that a process which freezes late in its hold does not block commits for much longer than it.
  private void beat() {
    try (Statement statement = pinned.createStatement()) {
      statement.execute("SET SESSION wait_timeout = " + toleratedSilenceSeconds());
    } catch (SQLException e) {
      lose(
          new Loss(
              Loss.Cause.SESSION, "the connection that held the lock was lost: " + e.getMessage()));
    }
  }

  private long toleratedSilenceSeconds() {
    return switch (state) {
      case IDLE, ACQUIRING, RELEASED -> silenceSeconds();
      case BLOCKING, HELD -> {
        Duration left = budgets.maxHold().minusNanos(System.nanoTime() - blockingSinceNanos);
        yield Math.clamp((left.toMillis() + 999) / 1000, 1, silenceSeconds());
      }
    };
  }

  private String blockers() {
    try {
      return RunningStatements.longerThan(witness, Duration.ofSeconds(1), connectionId);
    } catch (SQLException e) {
      return "(unknown: " + e.getMessage() + ")";
    }
  }

  private synchronized void armDeadMan(Duration budget, String why) {
    disarmDeadMan();
    deadMan =
        timers.schedule(
            () -> lose(new Loss(Loss.Cause.BUDGET, why + " (" + budget.toMillis() + " ms)")),
            budget.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private synchronized void disarmDeadMan() {
    if (deadMan != null) {
      deadMan.cancel(false);
    }
  }

  private long silenceSeconds() {
    return Math.clamp(budgets.maxHold().toSeconds(), 2, LONGEST_SILENCE.toSeconds());
  }

  /// Commits already wait for the last statement, and the cut needs its part of their time too.
  private long waitSeconds(long begunNanos, boolean blocking) {
    Duration left = budgets.lockWait().minusNanos(System.nanoTime() - begunNanos);
    Duration halfTheHold = budgets.maxHold().dividedBy(2);
    Duration wait = blocking && halfTheHold.compareTo(left) < 0 ? halfTheHold : left;
    return Math.max(1, (wait.toMillis() + 999) / 1000);
  }

  /// Waits until the server has freed what may be held, rather than until it notices a closed
  /// connection. An error says that there was no lock, or no connection any more: both will do.
  private void endIfAny() {
    try (Statement statement = pinned.createStatement()) {
      statement.execute(kind.release());
    } catch (SQLException e) {
      LOG.atDebug().setCause(e).log("no lock to end");
    }
  }

  private void requireHeld() throws SQLException {
    failIfLost(null);
    if (state != State.HELD) {
      throw new IllegalStateException("no lock is held");
    }
  }

  private void failIfLost(@Nullable SQLException cause) throws LockLostException {
    Loss how = loss.get();
    if (how != null) {
      throw new LockLostException(how.why(), cause);
    }
  }
}
