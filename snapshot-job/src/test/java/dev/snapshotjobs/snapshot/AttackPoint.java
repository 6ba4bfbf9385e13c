package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.sandbox.Faults;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.Hook.Moment;
import dev.snapshotjobs.sandbox.SqlTap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/// A step of a run at which something may happen to it, in the order of the steps. Together they
/// are all requests that change something, all statements of the lock, and the waits between.
enum AttackPoint {
  READING_THE_CLUSTER(Moment.BEFORE, "GET", "/pods$", 1),
  READING_THE_SERVER(Moment.BEFORE, "SQL", "^SHOW GLOBAL VARIABLES", 1),
  BEFORE_TAKING_THE_LEASE(Moment.BEFORE, "POST", "/leases$", 1),
  AFTER_TAKING_THE_LEASE(Moment.AFTER, "POST", "/leases$", 1),
  PLANNING_UNDER_THE_LEASE(Moment.BEFORE, "GET", "/volumesnapshots$", 2),
  RENEWING_THE_LEASE(Moment.BEFORE, "PUT", "/leases/", 1),
  OPENING_THE_LOCKS_CONNECTION(Moment.BEFORE, "SQL", "^DO GET_LOCK", 1),
  REHEARSING(Moment.BEFORE, "POST", "/volumesnapshots\\?dryRun=All$", 1),
  OPENING_THE_WATCH(Moment.BEFORE, "WATCH", "/volumesnapshots\\?", 1),
  BEFORE_STAGE_START(Moment.BEFORE, "SQL", "^BACKUP STAGE START", 1),
  BEFORE_STAGE_FLUSH(Moment.BEFORE, "SQL", "^BACKUP STAGE FLUSH", 1),
  BEFORE_BLOCK_DDL(Moment.BEFORE, "SQL", "^BACKUP STAGE BLOCK_DDL", 1),
  BEFORE_BLOCK_COMMIT(Moment.BEFORE, "SQL", "^BACKUP STAGE BLOCK_COMMIT", 1),
  AFTER_BLOCK_COMMIT(Moment.AFTER, "SQL", "^BACKUP STAGE BLOCK_COMMIT", 1),
  FLUSHING_ENGINE_LOGS(Moment.BEFORE, "SQL", "^FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", 1),
  FLUSHING_BINARY_LOGS(Moment.BEFORE, "SQL", "^FLUSH BINARY LOGS", 1),
  BEFORE_CREATING(Moment.BEFORE, "POST", "/volumesnapshots$", 1),
  AFTER_CREATING(Moment.AFTER, "POST", "/volumesnapshots$", 1),
  AWAITING_THE_CUT(Moment.BEFORE, "GET", "/volumesnapshots/", 1),
  PROVING(Moment.BEFORE, "SQL", "^SELECT CONNECTION_ID", 2),
  ASKING_THE_WITNESS(Moment.BEFORE, "SQL", "^BACKUP STAGE START", 2),
  BEFORE_STAGE_END(Moment.BEFORE, "SQL", "^BACKUP STAGE END", 1),
  AFTER_STAGE_END(Moment.AFTER, "SQL", "^BACKUP STAGE END", 1),
  READING_THE_CONTENT(Moment.BEFORE, "GET", "/volumesnapshotcontents/snapcontent-0", 1),
  RENEWING_BEFORE_THE_MARK(Moment.BEFORE, "PUT", "/leases/", 2),
  BEFORE_MARKING(Moment.BEFORE, "PATCH", "/volumesnapshots/", 1),
  AFTER_MARKING(Moment.AFTER, "PATCH", "/volumesnapshots/", 1),
  MARKING_THE_CONTENT(Moment.BEFORE, "PATCH", "/volumesnapshotcontents/", 1),
  GIVING_BACK_THE_LEASE(Moment.BEFORE, "PUT", "/leases/", 3),
  AWAITING_READY(Moment.BEFORE, "WATCH", "/volumesnapshots\\?", 2),
  TELLING_THE_EVENT(Moment.BEFORE, "POST", "/events$", 1);

  private final Moment moment;
  private final String verb;
  private final String pattern;
  private final int occurrence;

  /// @param verb of a request, or "SQL"
  /// @param pattern is looked for in the path of the request or in the statement
  /// @param occurrence which match, counted from 1
  AttackPoint(Moment moment, String verb, String pattern, int occurrence) {
    this.moment = moment;
    this.verb = verb;
    this.pattern = pattern;
    this.occurrence = occurrence;
  }

  boolean isNotBefore(AttackPoint other) {
    return compareTo(other) >= 0;
  }

  private boolean isStatement() {
    return verb.equals("SQL");
  }

  /// Whether a request to the API waits there, and nothing was done about it yet.
  boolean holdsBackARequest() {
    return !isStatement() && moment == Moment.BEFORE;
  }

  /// Whether this is a step of the API with such a request.
  boolean matchesRequest(String itsVerb, String path) {
    return verb.equals(itsVerb) && Pattern.compile(pattern).matcher(path).find();
  }

  boolean matchesStatement(String sql) {
    return isStatement() && Pattern.compile(pattern).matcher(sql).find();
  }

  /// Acts once when a run gets here.
  void arm(Faults faults, SqlTap tap, Runnable action) {
    arm(faults, tap, action, () -> true);
  }

  /// @param happened whether what the point comes after has happened: a request may be answered by
  ///   a conflict, and be sent again
  void arm(Faults faults, SqlTap tap, Runnable action, BooleanSupplier happened) {
    if (isStatement()) {
      tapOn(tap, action, occurrence);
      return;
    }
    AtomicInteger seen = new AtomicInteger();
    AtomicBoolean acted = new AtomicBoolean();
    Runnable counting =
        () -> {
          if (seen.incrementAndGet() >= occurrence
              && !acted.get()
              && happened.getAsBoolean()
              && acted.compareAndSet(false, true)) {
            action.run();
          }
        };
    faults.add(
        switch (moment) {
          case BEFORE -> Hook.before(verb, pattern, counting).always();
          case AFTER -> Hook.after(verb, pattern, counting).always();
        });
  }

  /// A tap acts once, so it is asked again as often as it takes.
  private void tapOn(SqlTap tap, Runnable action, int left) {
    Runnable counting = left == 1 ? action : () -> tapOn(tap, action, left - 1);
    switch (moment) {
      case BEFORE -> tap.before(pattern, counting);
      case AFTER -> tap.after(pattern, counting);
    }
  }
}
