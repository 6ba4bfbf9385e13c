package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PurgePlanTest {
  private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");

  /// A server's logs, one an hour, all of them but the last one sealed.
  private static final class Logs implements PurgeEvidence {
    final List<BinlogFile> server = new ArrayList<>();
    final Map<String, Archived> archive = new HashMap<>();
    final Map<String, LogBeginning> beginnings = new HashMap<>();
    final Set<String> complete = new HashSet<>();
    int unsealed;
    int listings;

    Logs(int count) {
      for (int i = 0; i < count; i++) {
        BinlogFile file = BinlogFile.of("bin.%06d".formatted(40 + i), 1000 + i);
        server.add(file);
        beginnings.put(
            file.name(),
            new LogBeginning(
                new LogHead("head-" + i, state(i), false),
                BEGIN.plus(Duration.ofHours(i)),
                Optional.empty()));
        if (i < count - 1) {
          archive.put(
              file.name(), new Archived("head-" + i, file.size(), file.size(), state(i + 1)));
          complete.add(file.name());
        }
      }
      unsealed = count - 1;
    }

    private static GtidState state(int log) {
      return GtidState.parse(log == 0 ? "" : "0-1-" + 10 * log);
    }

    String name(int log) {
      return server.get(log).name();
    }

    PurgePlan plan(Instant keptFrom) throws Exception {
      return PurgePlan.of(server, unsealed, this, keptFrom);
    }

    PurgePlan planAfter(int hours) throws Exception {
      return plan(BEGIN.plus(Duration.ofHours(hours)).plusSeconds(1));
    }

    void archive(int log, Archived instead) {
      archive.put(name(log), instead);
    }

    Archived archivedAt(int log) {
      return Objects.requireNonNull(archive.get(name(log)));
    }

    @Override
    public Optional<Archived> archived(String log) {
      return Optional.ofNullable(archive.get(log));
    }

    @Override
    public LogBeginning beginning(String log) {
      return Objects.requireNonNull(beginnings.get(log));
    }

    @Override
    public Set<String> complete() {
      listings++;
      return complete;
    }
  }

  @Test
  void purgesWhatWasClosedBeforeTheTime() throws Exception {
    PurgePlan plan = new Logs(10).planAfter(3);

    assertThat(plan.purged()).extracting(BinlogFile::number).containsExactly(40L, 41L, 42L);
    assertThat(plan.stay()).isInstanceOf(Stay.Young.class);
  }

  @Test
  void keepsTheNewestTwoHoweverOldTheyAre() throws Exception {
    PurgePlan plan = new Logs(10).planAfter(1000);

    assertThat(plan.count()).isEqualTo(8);
    assertThat(plan.stay()).isEqualTo(new Stay.Newest());
    assertThat(new Logs(1).planAfter(1000).count()).isZero();
    assertThat(new Logs(2).planAfter(1000).count()).isZero();
  }

  @Test
  void keepsWhatIsNotSealedWithAllThatFollows() throws Exception {
    Logs logs = new Logs(10);
    logs.unsealed = 4;

    PurgePlan plan = logs.planAfter(1000);

    assertThat(plan.count()).isEqualTo(4);
    assertThat(plan.stay()).isEqualTo(new Stay.NotSealed());
  }

  @Test
  void keepsWhatTheCurrentTimelineDoesNotHave() throws Exception {
    Logs logs = new Logs(10);
    logs.archive.remove(logs.name(0));

    assertThat(logs.planAfter(5))
        .isEqualTo(new PurgePlan(logs.server, 0, new Stay.OtherTimeline()));
  }

  @Test
  void keepsWhatIsArchivedInPartOnly() throws Exception {
    Logs logs = new Logs(10);
    var whole = logs.archivedAt(2);
    logs.archive(
        2, new PurgeEvidence.Archived(whole.head(), 500, whole.sizeOnServer(), whole.end()));

    PurgePlan plan = logs.planAfter(5);

    assertThat(plan.count()).isEqualTo(2);
    assertThat(plan.stay()).isEqualTo(new Stay.InPart(500, 1002));
  }

  @Test
  void keepsALogThatIsNotTheArchivedOne() throws Exception {
    Logs other = new Logs(10);
    var whole = other.archivedAt(1);
    other.archive(
        1, new PurgeEvidence.Archived("other", whole.size(), whole.sizeOnServer(), whole.end()));
    Logs longer = new Logs(10);
    longer.archive(1, new PurgeEvidence.Archived(whole.head(), 900, 900, whole.end()));

    assertThat(other.planAfter(5).count()).isEqualTo(1);
    assertThat(other.planAfter(5).stay().weight()).isEqualTo(Stay.Weight.WRONG);
    assertThat(longer.planAfter(5).count()).isEqualTo(1);
    assertThat(longer.planAfter(5).stay().weight()).isEqualTo(Stay.Weight.WRONG);
  }

  @Test
  void purgesNothingWhereTheArchiveHasLostALogOnTheWay() throws Exception {
    Logs logs = new Logs(10);
    logs.complete.remove(logs.name(7));

    PurgePlan plan = logs.planAfter(3);

    assertThat(plan.count()).isZero();
    assertThat(plan.stay()).isEqualTo(new Stay.Hole(logs.name(7)));
  }

  @Test
  void purgesNothingWhereTheServerHasLostALogOnTheWay() throws Exception {
    Logs logs = new Logs(10);
    logs.server.remove(7);
    logs.unsealed--;

    PurgePlan plan = logs.planAfter(3);

    assertThat(plan.count()).isZero();
    assertThat(plan.stay()).isInstanceOf(Stay.Unconnected.class);
  }

  @Test
  void listsTheArchiveOnlyIfThereIsSomethingToPurge() throws Exception {
    Logs logs = new Logs(10);

    logs.planAfter(0);
    assertThat(logs.listings).isZero();
    logs.planAfter(1);
    assertThat(logs.listings).isEqualTo(1);
  }

  @Test
  void endsBeforeALogOfWhichMoreIsKnown() throws Exception {
    PurgePlan plan = new Logs(10).planAfter(4);

    assertThat(plan.before(2, new Stay.Damaged("x")))
        .isEqualTo(new PurgePlan(plan.logs(), 2, new Stay.Damaged("x")));
    assertThat(plan.before(6, new Stay.Damaged("x"))).isEqualTo(plan);
  }

  static Stream<Long> seeds() {
    return IntStream.range(0, 500).mapToObj(Long::valueOf);
  }

  /// Whatever is wrong with the archive, or with the server.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void neverPurgesWhatIsNotProven(long seed) throws Exception {
    Random random = new Random(seed);
    Logs logs = random(random);
    Instant keptFrom = BEGIN.plus(Duration.ofMinutes(random.nextInt(60 * 32)));
    Instant earlier = keptFrom.minus(Duration.ofMinutes(random.nextInt(60 * 8)));

    PurgePlan plan = logs.plan(keptFrom);

    assertThat(plan.purged()).isEqualTo(logs.server.subList(0, plan.count()));
    assertThat(plan.count()).isLessThanOrEqualTo(Math.max(0, logs.server.size() - 2));
    assertThat(plan.count()).isLessThanOrEqualTo(logs.unsealed);
    for (int log = 0; log < plan.count(); log++) {
      BinlogFile file = logs.server.get(log);
      BinlogFile next = logs.server.get(log + 1);
      assertThat(logs.archive.get(file.name()))
          .isEqualTo(
              new PurgeEvidence.Archived(
                  logs.beginning(file.name()).head().fingerprint(),
                  file.size(),
                  file.size(),
                  logs.beginning(next.name()).head().start()));
      assertThat(logs.beginning(next.name()).begun()).isBefore(keptFrom);
    }
    if (plan.count() > 0) {
      assertThat(logs.complete)
          .containsAll(
              logs.server.subList(0, logs.unsealed).stream().map(BinlogFile::name).toList());
    }
    assertThat(logs.plan(earlier).count()).as("kept longer").isLessThanOrEqualTo(plan.count());
  }

  /// Often with nothing wrong, so that there is something to purge.
  private static Logs random(Random random) {
    Logs logs = new Logs(1 + random.nextInt(30));
    int size = logs.server.size();
    logs.unsealed = Math.max(0, logs.unsealed - random.nextInt(3));
    for (int fault = random.nextInt(4) - 1; fault > 0; fault--) {
      int log = random.nextInt(size);
      String name = logs.server.get(Math.min(log, logs.server.size() - 1)).name();
      Optional<PurgeEvidence.Archived> archived = logs.archived(name);
      switch (random.nextInt(6)) {
        case 0 -> logs.archive.remove(name);
        case 1 -> logs.complete.remove(name);
        case 2 -> archived.ifPresent(each -> logs.archive.put(name, resized(each)));
        case 3 -> archived.ifPresent(each -> logs.archive.put(name, renamed(each)));
        case 4 -> archived.ifPresent(each -> logs.archive.put(name, behind(each)));
        default -> {
          if (logs.server.size() > 2) {
            logs.server.removeIf(file -> file.name().equals(name));
            logs.unsealed = Math.min(logs.unsealed, logs.server.size() - 1);
          }
        }
      }
    }
    return logs;
  }

  private static PurgeEvidence.Archived resized(PurgeEvidence.Archived of) {
    return new PurgeEvidence.Archived(of.head(), of.size() - 1, of.sizeOnServer(), of.end());
  }

  private static PurgeEvidence.Archived renamed(PurgeEvidence.Archived of) {
    return new PurgeEvidence.Archived("other", of.size(), of.sizeOnServer(), of.end());
  }

  private static PurgeEvidence.Archived behind(PurgeEvidence.Archived of) {
    return new PurgeEvidence.Archived(
        of.head(), of.size(), of.sizeOnServer(), GtidState.parse("0-1-3"));
  }
}
