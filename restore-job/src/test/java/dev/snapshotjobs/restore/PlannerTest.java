package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.History;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.archive.StoredObject;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidFlags;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogEnding;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.binlog.Transaction;
import dev.snapshotjobs.common.binlog.XaId;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.restore.Planner.Planned;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Plans for servers that are snapshotted, reset and restored, and whose archives have gaps.
class PlannerTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final String SHA = "0".repeat(64);

  /// One log, and what is in it.
  private record Log(ArchivedLog archived, List<SeenTransaction> transactions, Marks marks)
      implements ReadableLog {
    @Override
    public LogName name() {
      return archived.log();
    }

    @Override
    public GtidState start() {
      return archived.content().start();
    }

    @Override
    public GtidState end() {
      return archived.content().end();
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

  /// A server whose time goes on.
  private static final class World {
    private final Random random;
    private final List<History> histories = new ArrayList<>();
    private final List<CatalogueEntry> entries = new ArrayList<>();
    private final Map<ArchivedLog, Log> logs = new HashMap<>();
    private long now;
    private GtidState state = GtidState.EMPTY;
    private long sequence;

    private boolean incidents;

    World(long seed) {
      this(seed, false);
    }

    World(long seed, boolean incidents) {
      this(new Random(seed));
      this.incidents = incidents;
      for (int timeline = random.nextInt(1, 3); timeline > 0; timeline--) {
        timeline();
      }
    }

    private World(Random random) {
      this.random = random;
    }

    private void timeline() {
      TimelineId id = new TimelineId(histories.size() + 1);
      if (random.nextBoolean()) {
        state = GtidState.EMPTY; // its logs were reset
        sequence = random.nextBoolean() ? 0 : 100 * id.number();
      }
      Instant opened = NOON.plusSeconds(now);
      GtidState start = state;
      List<ArchivedLog> all = new ArrayList<>();
      for (int number = 1; number <= random.nextInt(2, 7); number++) {
        boolean lost = random.nextInt(8) == 0;
        ArchivedLog log = log(id, number, random.nextInt(3) == 0);
        if (!lost) {
          all.add(log);
        }
      }
      history(id, start, opened, all);
    }

    private void history(TimelineId id, GtidState start, Instant opened, List<ArchivedLog> all) {
      Timeline document =
          new Timeline(
              "shop",
              id,
              Optional.empty(),
              1,
              new LogName("bin.000001"),
              SHA,
              start,
              Timeline.Reason.FIRST,
              new Timeline.Continuity.Proven(),
              opened);
      histories.add(new History(id, Optional.of(document), all, List.of()));
    }

    private ArchivedLog log(TimelineId timeline, int number, boolean snapshotted) {
      LogName name = new LogName("bin.%06d".formatted(number));
      GtidState start = state;
      now += 1;
      if (snapshotted) {
        entries.add(entry("shop-%d-%d".formatted(timeline.number(), number), name));
        now += 1;
      }
      List<SeenTransaction> transactions = new ArrayList<>();
      List<Mark> marks = new ArrayList<>();
      List<LogSummary.IncidentAt> lost = new ArrayList<>();
      long size = 100;
      for (int i = random.nextInt(6); i > 0; i--) {
        now += random.nextInt(2);
        Gtid gtid = new Gtid(0, 1, ++sequence);
        Instant time = NOON.plusSeconds(now);
        transactions.add(
            new SeenTransaction(
                name,
                new Transaction(
                    new EventBody.GtidBegin(gtid, new GtidFlags(0, 0), 0, XaId.NONE, 0),
                    size,
                    size + 100,
                    time,
                    time,
                    Transaction.Ending.XID),
                gtid.toString()));
        size += 100;
        state = state.endingAt(GtidPosition.of(List.of(gtid)));
        if (incidents && random.nextInt(6) == 0) {
          lost.add(new LogSummary.IncidentAt(size, 1, "LOST_EVENTS"));
        }
        if (random.nextInt(3) == 0) {
          marks.add(new Mark(NOON.plusSeconds(++now), size, state.position(), true));
          now += 1;
        }
      }
      Optional<LogSummary.Times> times =
          transactions.isEmpty()
              ? Optional.empty()
              : Optional.of(times(transactions.getFirst(), transactions.getLast()));
      LogSummary content =
          new LogSummary(
              size,
              SHA,
              SHA,
              "11.8.6",
              ChecksumAlgorithm.CRC32,
              false,
              start,
              state,
              transactions.size(),
              size,
              0,
              times,
              lost,
              lost.size(),
              new LogEnding.ServerStopped());
      ArchivedLog archived =
          new ArchivedLog.Sealed(
              new Manifest(
                  "shop",
                  timeline,
                  name,
                  content,
                  size,
                  new StoredObject(1, SHA),
                  1,
                  NOON.plusSeconds(now)));
      logs.put(archived, new Log(archived, transactions, new Marks(marks)));
      return archived;
    }

    /// Here clocks do not go back.
    private static LogSummary.Times times(SeenTransaction first, SeenTransaction last) {
      Instant begin = first.transaction().began();
      Instant end = last.transaction().began();
      return new LogSummary.Times(begin, end, begin, end);
    }

    private CatalogueEntry entry(String name, LogName log) {
      Instant cut = NOON.plusSeconds(now);
      return new CatalogueEntry(
          "shop",
          new CatalogueEntry.Snapshot("shop", name, "uid", "csi", cut, Optional.empty()),
          new CatalogueEntry.Content("content", "driver", "handle"),
          new CatalogueEntry.Claim("data", "standard", 1),
          Map.of(SnapshotKeys.INSTANCE, "shop", SnapshotKeys.STATE, "consistent"),
          Map.of(
              SnapshotKeys.GTID_BINLOG_POS,
              state.position().toString(),
              SnapshotKeys.GTID_BINLOG_STATE,
              state.toString(),
              SnapshotKeys.BINLOG_FILE,
              log.text(),
              SnapshotKeys.BINLOG_OFFSET,
              "100",
              SnapshotKeys.CUT_SEEN_AT,
              cut.toString()),
          cut);
    }

    Histories histories() {
      return new Histories(histories);
    }

    Log read(ArchivedLog log) {
      return Objects.requireNonNull(logs.get(log));
    }
  }

  static LongStream seeds() {
    return LongStream.range(0, 500);
  }

  private static void isSound(RecoveryPlan plan) {
    List<ArchivedLog> logs = plan.logs();
    assertThat(logs.getFirst().log()).isEqualTo(plan.base().place().orElseThrow().log());
    assertThat(logs.getFirst().content().start())
        .isEqualTo(plan.base().binlogState().orElseThrow());
    assertThat(logs.getLast().log()).isEqualTo(plan.cut().log());
    for (int i = 1; i < logs.size(); i++) {
      assertThat(logs.get(i).content().start()).isEqualTo(logs.get(i - 1).content().end());
    }
    assertThat(plan.bytes()).isNotNegative();
  }

  /// Whatever can be recovered has a plan, and every plan is an unbroken chain from its base to one
  /// place; a GTID means the place on either side of its transaction.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void plansWhateverCanBeRecovered(long seed) throws IOException {
    World world = new World(seed);
    Histories histories = world.histories();
    Bases bases = Bases.of(world.entries, ClusterSnapshots.NOT_ASKED, histories.chains());
    Planner planner = new Planner(histories, bases, world::read);
    for (Chain chain : histories.chains()) {
      List<Base> ofChain = bases.of(chain);
      if (ofChain.isEmpty()) {
        continue;
      }
      for (Base base : ofChain) {
        boolean own =
            base.entry()
                .snapshot()
                .name()
                .startsWith("shop-%d-".formatted(chain.timeline().number()));
        if (!own || ofChain.stream().filter(other -> other.log() == base.log()).count() > 1) {
          continue; // of another history whose log is lost; only the copy could tell
        }
        Target cutAt = new Target.At(base.entry().cutAt());
        RecoveryPlan cut = ready(planner.plan(cutAt, Optional.of(chain.timeline())));
        isSound(cut);
        assertThat(cut.cut().state()).isEqualTo(base.entry().binlogState().orElseThrow());
      }
      int oldest = ofChain.getFirst().log();
      Optional<SeenTransaction> before = Optional.empty();
      for (ArchivedLog log : chain.logs().subList(oldest, chain.logs().size())) {
        for (SeenTransaction seen : world.read(log).transactions()) {
          Gtid gtid = seen.transaction().gtid();
          Optional<TimelineId> timeline = Optional.of(chain.timeline());
          RecoveryPlan through = ready(planner.plan(new Target.Through(gtid), timeline));
          RecoveryPlan until = ready(planner.plan(new Target.Before(gtid), timeline));
          isSound(through);
          isSound(until);
          assertThat(through.cut().last()).contains(seen);
          assertThat(until.cut().next()).contains(seen);
          assertThat(until.cut().state().position().in(0))
              .isEqualTo(
                  before
                      .map(last -> last.transaction().gtid())
                      .or(() -> ofChain.getFirst().entry().binlogPosition().orElseThrow().in(0)));
          before = Optional.of(seen);
        }
      }
    }
    for (long second = -1; second <= world.now + 2; second++) {
      Instant instant = NOON.plusSeconds(second);
      switch (planner.plan(new Target.At(instant), Optional.empty())) {
        case Planned.Ready(RecoveryPlan plan) -> {
          isSound(plan);
          assertThat(plan.base().cutSeenAt().orElseThrow()).isBeforeOrEqualTo(instant);
          assertThat(plan.cut().last().stream())
              .allMatch(last -> !last.transaction().began().isAfter(instant));
          assertThat(plan.cut().next().stream())
              .allMatch(next -> next.transaction().began().isAfter(instant));
        }
        case Planned.Impossible(String _, Nearest nearest) -> {
          assertThat(nearest.equals(Nearest.NONE)).isEqualTo(bases.usable().isEmpty());
          lead(planner, nearest);
          assertThat(nearest.after().map(Nearest.Spot::what).stream())
              .allMatch(what -> what.startsWith("snapshot"));
        }
        case Planned.Ambiguous _ -> throw new AssertionError("an instant means one history");
      }
    }
  }

  /// Of a server that was never reset: a later instant takes no less, and each instant between the
  /// oldest snapshot and the last transaction of an unbroken history has a plan.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void takesMoreTheLaterTheInstantIs(long seed) throws IOException {
    World world = new World(new Random(seed));
    world.timeline();
    Histories histories = world.histories();
    List<Chain> chains = histories.chains();
    Bases bases = Bases.of(world.entries, ClusterSnapshots.NOT_ASKED, chains);
    Planner planner = new Planner(histories, bases, world::read);
    long before = 0;
    for (long second = 0; second <= world.now; second++) {
      Instant instant = NOON.plusSeconds(second);
      Planned planned = planner.plan(new Target.At(instant), Optional.empty());
      if (planned instanceof Planned.Ready(RecoveryPlan plan)) {
        long taken = plan.cut().state().position().in(0).map(Gtid::sequence).orElse(0L);
        assertThat(taken).as("at " + instant).isGreaterThanOrEqualTo(before);
        before = taken;
      }
      if (chains.size() == 1 && isWithin(instant, chains.getFirst(), bases)) {
        assertThat(planned).as("at " + instant).isInstanceOf(Planned.Ready.class);
      }
    }
  }

  private static boolean isWithin(Instant instant, Chain chain, Bases bases) {
    return bases.of(chain).stream().anyMatch(base -> !base.entry().cutAt().isAfter(instant))
        && chain.logs().stream()
            .flatMap(log -> log.content().times().stream())
            .anyMatch(times -> times.last().isAfter(instant));
  }

  /// What is said to be near can be had, and is the place that it is said to be.
  private static void lead(Planner planner, Nearest nearest) throws IOException {
    for (Nearest.Spot spot :
        Stream.concat(nearest.before().stream(), nearest.after().stream()).toList()) {
      if (spot.target().isPresent()) {
        Planned planned = planner.plan(spot.target().get(), Optional.of(spot.timeline()));
        assertThat(ready(planned).cut().state()).as(spot.toString()).isEqualTo(spot.state());
      }
    }
  }

  /// Every number up to the highest ever logged, and one more, whether the archive has it or not.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void namesTheNearestPlacesOfWhatItDoesNotHave(long seed) throws IOException {
    World world = new World(seed);
    Histories histories = world.histories();
    Bases bases = Bases.of(world.entries, ClusterSnapshots.NOT_ASKED, histories.chains());
    Planner planner = new Planner(histories, bases, world::read);
    for (long number = 1; number <= world.sequence + 1; number++) {
      Gtid gtid = new Gtid(0, 1, number);
      for (Target target : List.of(new Target.Before(gtid), new Target.Through(gtid))) {
        if (planner.plan(target, Optional.empty())
            instanceof Planned.Impossible(String _, Nearest nearest)) {
          lead(planner, nearest);
          assertThat(nearest.before().stream()).allMatch(spot -> !spot.state().reaches(gtid));
          assertThat(nearest.after().stream()).allMatch(spot -> spot.state().reaches(gtid));
        }
      }
    }
  }

  /// Where a server could not log what it did its logs do not say what it had.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void goesOverNoIncident(long seed) throws IOException {
    World world = new World(seed, true);
    Histories histories = world.histories();
    Bases bases = Bases.of(world.entries, ClusterSnapshots.NOT_ASKED, histories.chains());
    Planner planner = new Planner(histories, bases, world::read);
    for (Chain chain : histories.chains()) {
      for (ArchivedLog log : chain.logs()) {
        for (SeenTransaction seen : world.read(log).transactions()) {
          Target target = new Target.Through(seen.transaction().gtid());
          switch (planner.plan(target, Optional.of(chain.timeline()))) {
            case Planned.Ready(RecoveryPlan plan) -> {
              isSound(plan);
              assertThat(Incidents.within(plan)).isEmpty();
            }
            case Planned.Impossible(String why, Nearest nearest)
                when why.contains("could not log") -> {
              lead(planner, nearest);
              assertThat(nearest.before().stream())
                  .allMatch(spot -> !spot.state().reaches(seen.transaction().gtid()));
            }
            case Planned.Impossible _, Planned.Ambiguous _ -> {} // for other reasons
          }
        }
      }
    }
  }

  /// FLUSH BINARY LOGS DELETE_DOMAIN_ID: what was logged in the domain before is there all the
  /// same.
  @Test
  void findsATransactionOfADomainThatWasRemovedLater() throws IOException {
    World world = new World(new Random(5));
    GtidState rest = GtidState.parse("5-1-1");
    world.state = rest;
    ArchivedLog before = world.log(TimelineId.FIRST, 1, true);
    ArchivedLog behind;
    do {
      world.state = rest;
      behind = world.log(TimelineId.FIRST, 2, false);
    } while (!world.read(behind).transactions().isEmpty());
    world.history(TimelineId.FIRST, rest, NOON, List.of(before, behind));
    Planner planner =
        new Planner(
            world.histories(),
            Bases.of(world.entries, ClusterSnapshots.NOT_ASKED, world.histories().chains()),
            world::read);
    SeenTransaction seen = world.read(before).transactions().getFirst();
    Target target = new Target.Through(seen.transaction().gtid());

    assertThat(world.histories().chains()).hasSize(1);
    assertThat(ready(planner.plan(target, Optional.empty())).cut().last()).contains(seen);
  }

  /// 0002 was opened by a restore that was taken back; 0001 goes on.
  @Test
  void goesOnWithTheHistoryToWhichARestoreWasTakenBack() throws IOException {
    World world = new World(new Random(7));
    TimelineId first = TimelineId.FIRST;
    TimelineId second = new TimelineId(2);
    GtidState start = world.state;
    List<ArchivedLog> logs = new ArrayList<>(List.of(world.log(first, 1, true)));
    GtidState fork = world.state;
    world.now = 100;
    world.sequence = 1000;
    ArchivedLog other = world.log(second, 2, true);
    world.now = 200;
    world.state = fork;
    world.sequence = 2000;
    logs.add(world.log(first, 2, false));
    world.history(first, start, NOON, logs);
    world.history(second, fork, NOON.plusSeconds(100), List.of(other));
    Planner planner =
        new Planner(
            world.histories(),
            Bases.of(world.entries, ClusterSnapshots.NOT_ASKED, world.histories().chains()),
            world::read);

    RecoveryPlan latest = ready(planner.plan(new Target.Latest(), Optional.empty()));
    Planned between = planner.plan(new Target.At(NOON.plusSeconds(100)), Optional.empty());

    assertThat(latest.timeline()).isEqualTo(first);
    assertThat(latest.cut().state()).isEqualTo(world.state);
    assertThat(between).isEqualTo(new Planned.Ambiguous(List.of(first, second)));
  }

  /// Of another history, whose log is lost: the state and the name of the log happen to fit. It was
  /// cut an hour before the logs that come before.
  @Test
  void concludesNothingFromASnapshotThatWasCutBeforeWhatItWouldHave() throws IOException {
    World world = new World(new Random(3));
    world.now = 3600;
    List<ArchivedLog> logs = new ArrayList<>(List.of(world.log(TimelineId.FIRST, 1, true)));
    for (int number = 2; number <= 4; number++) {
      world.now += 10;
      logs.add(world.log(TimelineId.FIRST, number, false));
    }
    GtidState start = logs.get(3).content().start();
    GtidState end = world.state;
    long now = world.now;
    world.state = start;
    world.now = 0;
    world.entries.add(world.entry("of-another", logs.get(3).log()));
    world.now = now;
    world.state = end;
    world.history(TimelineId.FIRST, GtidState.EMPTY, NOON, logs);
    Planner planner =
        new Planner(
            world.histories(),
            Bases.of(world.entries, ClusterSnapshots.NOT_ASKED, world.histories().chains()),
            world::read);
    List<SeenTransaction> all =
        logs.stream().flatMap(log -> world.read(log).transactions().stream()).toList();
    assertThat(all).hasSizeGreaterThan(3);

    for (SeenTransaction seen : all) {
      Instant instant = seen.transaction().began();
      if (planner.plan(new Target.At(instant), Optional.empty())
          instanceof Planned.Ready(RecoveryPlan plan)) {
        assertThat(plan.cut().state().position().in(0))
            .as("at " + instant)
            .isEqualTo(
                all.stream()
                    .filter(one -> !one.transaction().began().isAfter(instant))
                    .map(one -> one.transaction().gtid())
                    .reduce((_, last) -> last));
      }
    }
  }

  private static RecoveryPlan ready(Planned planned) {
    assertThat(planned).isInstanceOf(Planned.Ready.class);
    return ((Planned.Ready) planned).plan();
  }
}
