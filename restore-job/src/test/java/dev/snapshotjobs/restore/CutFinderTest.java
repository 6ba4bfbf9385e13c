package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidFlags;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.Transaction;
import dev.snapshotjobs.common.binlog.XaId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which place an instant or a GTID means.
class CutFinderTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  /// A log of a test, in which each transaction has a hundred bytes.
  private static final class Log implements ReadableLog {
    final LogName name;
    final GtidState start;
    final List<SeenTransaction> transactions = new ArrayList<>();
    final List<Mark> marks = new ArrayList<>();
    GtidState end;

    Log(int number, GtidState start) {
      this.name = new LogName("bin.%06d".formatted(number));
      this.start = start;
      this.end = start;
    }

    long size() {
      return 100 + 100L * transactions.size();
    }

    Log add(String gtid, long second) {
      Gtid id = Gtid.parse(gtid);
      Instant time = NOON.plusSeconds(second);
      EventBody.GtidBegin begin = new EventBody.GtidBegin(id, new GtidFlags(0, 0), 0, XaId.NONE, 0);
      transactions.add(
          new SeenTransaction(
              name,
              new Transaction(begin, size(), size() + 100, time, time, Transaction.Ending.XID),
              gtid));
      end = end.endingAt(GtidPosition.of(List.of(id)));
      return this;
    }

    Log mark(long second, boolean caughtUp) {
      marks.add(new Mark(NOON.plusSeconds(second), size(), end.position(), caughtUp));
      return this;
    }

    @Override
    public LogName name() {
      return name;
    }

    @Override
    public GtidState start() {
      return start;
    }

    @Override
    public GtidState end() {
      return end;
    }

    @Override
    public Marks marks() {
      return new Marks(marks);
    }

    @Override
    public void read(Reader reader) {
      for (SeenTransaction transaction : transactions) {
        if (!reader.next(transaction)) {
          return;
        }
      }
    }
  }

  private static Cut cut(List<Log> logs, Target target) throws IOException {
    assertThat(new CutFinder(logs).find(target)).isInstanceOf(Resolution.Reached.class);
    return ((Resolution.Reached) new CutFinder(logs).find(target)).cut();
  }

  private static String why(List<Log> logs, Target target) throws IOException {
    assertThat(new CutFinder(logs).find(target)).isInstanceOf(Resolution.Unreachable.class);
    return ((Resolution.Unreachable) new CutFinder(logs).find(target)).why();
  }

  private static Target at(long second) {
    return new Target.At(NOON.plusSeconds(second));
  }

  private final Log first =
      new Log(1, GtidState.EMPTY).add("0-1-1", 1).add("0-1-2", 2).mark(3, true).add("0-1-3", 4);
  private final Log second = new Log(2, first.end).add("0-1-4", 10).add("0-1-5", 20);

  @Test
  void endsRightBeforeOrBehindATransaction() throws IOException {
    Cut before = cut(List.of(first, second), new Target.Before(Gtid.parse("0-1-4")));
    Cut through = cut(List.of(first, second), new Target.Through(Gtid.parse("0-1-3")));

    assertThat(before.log()).isEqualTo(second.name);
    assertThat(before.offset()).isEqualTo(100);
    assertThat(before.state()).isEqualTo(first.end);
    assertThat(before.next()).contains(second.transactions.getFirst());
    assertThat(through.log()).isEqualTo(first.name);
    assertThat(through.state()).isEqualTo(first.end);
    assertThat(through.last()).contains(first.transactions.getLast());
    assertThat(through.next()).contains(second.transactions.getFirst());
  }

  @Test
  void saysThatATransactionIsNotThere() throws IOException {
    second.end = second.end.endingAt(GtidPosition.parse("0-1-9"));

    assertThat(why(List.of(first, second), new Target.Before(Gtid.parse("0-1-7"))))
        .contains("0-1-7 is not in the archive");
    assertThat(why(List.of(first, second), new Target.Before(Gtid.parse("0-1-10"))))
        .contains("nothing as late as 0-1-10");
    assertThat(why(List.of(first, second), new Target.Through(Gtid.parse("0-2-1"))))
        .contains("nothing as late as 0-2-1");
  }

  @Test
  void goesToTheEndOfWhatIsArchived() throws IOException {
    Cut latest = cut(List.of(first, second), new Target.Latest());

    assertThat(latest.state()).isEqualTo(second.end);
    assertThat(latest.offset()).isEqualTo(second.size());
    assertThat(latest.next()).isEmpty();
  }

  @Test
  void takesAnInstantForTheFirstTransactionThatIsLater() throws IOException {
    assertThat(cut(List.of(first, second), at(10)).state().position())
        .as("a time is of the second in which it began")
        .hasToString("0-1-4");
    assertThat(cut(List.of(first, second), at(9)).state().position()).hasToString("0-1-3");
    assertThat(cut(List.of(first, second), at(0)).state().position().isEmpty()).isTrue();
  }

  @Test
  void doesNotKnowWhatComesBehindTheArchive() throws IOException {
    assertThat(why(List.of(first, second), at(20))).contains("later than 2026-11-22T12:00:20Z");

    second.mark(25, true);

    assertThat(cut(List.of(first, second), at(20)).state()).isEqualTo(second.end);
    assertThat(cut(List.of(first, second), at(25)).state()).isEqualTo(second.end);
    assertThat(why(List.of(first, second), at(26))).contains("later than");
  }

  /// It was stamped a year ahead; by its own time it would end every recovery.
  @Test
  void believesAMarkMoreThanATime() throws IOException {
    Log log =
        new Log(1, GtidState.EMPTY)
            .add("0-1-1", 1)
            .add("0-1-2", 31_536_000)
            .mark(5, true)
            .add("0-1-3", 6)
            .mark(10, true);

    assertThat(cut(List.of(log), at(5)).state().position()).hasToString("0-1-2");
    assertThat(cut(List.of(log), at(7)).state().position()).hasToString("0-1-3");
    assertThat(cut(List.of(log), at(2)).state().position()).hasToString("0-1-1");
  }

  /// Its statement began before the target and was committed after it.
  @Test
  void leavesOutWhatWasLoggedBehindAMarkThatHadCaughtUp() throws IOException {
    Log log =
        new Log(1, GtidState.EMPTY)
            .add("0-1-1", 1)
            .mark(5, true)
            .add("0-1-2", -3600)
            .add("0-1-3", 8)
            .mark(9, true);

    Cut cut = cut(List.of(log), at(5));

    assertThat(cut.state().position()).hasToString("0-1-1");
    assertThat(cut.next()).contains(log.transactions.get(1));
  }

  @Test
  void showsWhatIsLeftOutThoughItsTimeIsNotLater() throws IOException {
    Log log =
        new Log(1, GtidState.EMPTY)
            .add("0-1-1", 1)
            .add("0-1-2", 8)
            .add("0-1-3", 2)
            .add("1-1-1", 3)
            .add("0-1-4", 9);

    Cut cut = cut(List.of(log), at(5));

    assertThat(cut.state().position()).hasToString("0-1-1");
    assertThat(cut.early()).containsExactly(log.transactions.get(2), log.transactions.get(3));
  }

  /// Seconds are all that a transaction says. A mark within the second divides it.
  @Test
  void takesAllOfASecondUnlessAMarkDividesIt() throws IOException {
    Log log = new Log(1, GtidState.EMPTY).add("0-1-1", 5).add("0-1-2", 5).add("0-1-3", 6);
    Log divided =
        new Log(1, GtidState.EMPTY)
            .add("0-1-1", 5)
            .mark(5, true)
            .add("0-1-2", 5)
            .add("0-1-3", 6)
            .mark(7, true);

    assertThat(cut(List.of(log), at(5)).state().position()).hasToString("0-1-2");
    assertThat(cut(List.of(log), at(5)).byTimes()).isTrue();
    assertThat(cut(List.of(divided), at(5)).byTimes()).isFalse();
    assertThat(cut(List.of(divided), at(5)).state().position()).hasToString("0-1-1");
    assertThat(cut(List.of(divided), at(6)).state().position()).hasToString("0-1-3");
  }

  /// The archiver was away and reads in a moment what was logged in an hour: its marks of that time
  /// say that these were logged by then, and nothing of when.
  @Test
  void goesByTimesWithinABacklog() throws IOException {
    Log log =
        new Log(1, GtidState.EMPTY)
            .add("0-1-1", 10)
            .add("0-1-2", 20)
            .mark(100, false)
            .add("0-1-3", 30)
            .mark(101, false)
            .add("0-1-4", 102)
            .mark(103, true);

    assertThat(cut(List.of(log), at(15)).state().position()).hasToString("0-1-1");
    assertThat(cut(List.of(log), at(25)).state().position()).hasToString("0-1-2");
    assertThat(cut(List.of(log), at(100)).state().position())
        .as("an instant in which the backlog was read")
        .hasToString("0-1-3");
    assertThat(cut(List.of(log), at(103)).state().position()).hasToString("0-1-4");
  }

  /// At the rotation the archiver's clock was set back by a minute. What its marks say of that
  /// minute is not known to be true.
  @Test
  void followsMarksOnlyAsFarAsTheyGoForward() throws IOException {
    Log before =
        new Log(1, GtidState.EMPTY)
            .add("0-1-1", 10)
            .mark(20, true)
            .add("0-1-2", 90)
            .mark(100, true);
    Log behind =
        new Log(2, before.end).add("0-1-3", 95).mark(45, true).add("0-1-4", 96).mark(130, true);

    assertThat(cut(List.of(before, behind), at(50)).state().position()).hasToString("0-1-1");
    assertThat(cut(List.of(before, behind), at(120)).state()).isEqualTo(behind.end);
  }

  /// One prefix of the log, and not one of each domain.
  @Test
  void endsAllDomainsAtOnePlace() throws IOException {
    Log log =
        new Log(1, GtidState.EMPTY)
            .add("0-1-1", 1)
            .add("1-1-1", 2)
            .add("2-1-1", 9)
            .add("0-1-2", 3)
            .mark(12, true);

    Cut cut = cut(List.of(log), at(5));

    assertThat(cut.state().position()).hasToString("0-1-1,1-1-1");
    assertThat(cut.next()).contains(log.transactions.get(2));
    assertThat(cut.early()).containsExactly(log.transactions.get(3));
  }

  @Test
  void needsNoTransactionInTheLogThatFollows() throws IOException {
    Log empty = new Log(3, second.end).mark(30, true);

    Cut cut = cut(List.of(first, second, empty), at(28));

    assertThat(cut.state()).isEqualTo(second.end);
    assertThat(cut.next()).isEmpty();
  }

  static LongStream seeds() {
    return LongStream.range(0, 500);
  }

  /// Servers that commit in several domains, statements that took long, clocks that are set,
  /// archivers that fall behind: whatever there is, a later instant takes no less than an earlier
  /// one, what is taken is a prefix, and what an honest server had committed by then is in it.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void takesMoreTheLaterTheInstantIs(long seed) throws IOException {
    Random random = new Random(seed);
    boolean honest = random.nextBoolean();
    List<Log> logs = new ArrayList<>();
    List<SeenTransaction> all = new ArrayList<>();
    List<Long> committed = new ArrayList<>();
    GtidState state = GtidState.EMPTY;
    long now = 0;
    long[] sequences = new long[3];
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      Log log = new Log(7 - i, state);
      for (int j = random.nextInt(12); j > 0; j--) {
        now += random.nextInt(3);
        int domain = random.nextInt(3);
        long stamped = honest ? now : now + random.nextInt(-20, 20);
        log.add("%d-1-%d".formatted(domain, ++sequences[domain]), stamped);
        committed.add(now);
        if (random.nextInt(3) == 0) {
          now += 1;
          log.mark(now, random.nextInt(4) > 0);
          now += 1;
        }
      }
      all.addAll(log.transactions);
      state = log.end;
      logs.add(log);
    }
    logs.getLast().mark(now + 1, true);

    int before = 0;
    for (long second = -1; second <= now + 1; second++) {
      Cut cut = cut(logs, at(second));
      int taken = taken(all, cut);
      assertThat(taken).as("at " + second).isGreaterThanOrEqualTo(before);
      assertThat(cut.next()).isEqualTo(all.stream().skip(taken).findFirst());
      before = taken;
      if (honest) {
        long limit = second;
        int honestly = (int) committed.stream().filter(time -> time <= limit).count();
        assertThat(taken).as("at " + second).isEqualTo(honestly);
      }
    }
    assertThat(before).isEqualTo(all.size());
  }

  /// How many of the transactions lie before the cut.
  private static int taken(List<SeenTransaction> all, Cut cut) {
    int taken = 0;
    for (SeenTransaction seen : all) {
      int log = seen.log().compareTo(cut.log());
      if (log < 0 || (log == 0 && seen.transaction().end() <= cut.offset())) {
        taken++;
      }
    }
    return taken;
  }
}
