package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocatorTest {
  private final World world = new World();

  private void writeLogs(int count) {
    for (int i = 0; i < count; i++) {
      world.write(10);
      world.rotate();
    }
  }

  @Test
  void beginsWithTheOldestLogThatThereIs() throws Exception {
    writeLogs(5);
    world.purge(2);

    assertThat(world.locate())
        .isInstanceOfSatisfying(
            Place.Opened.class,
            opened -> {
              assertThat(opened.why()).isInstanceOf(Place.Why.First.class);
              assertThat(opened.next()).isZero();
              assertThat(opened.start().toString()).isEqualTo("0-1-20");
            });
  }

  @Test
  void goesOnBehindTheLastSealedLog() throws Exception {
    writeLogs(5);
    world.archive(3);

    assertThat(world.locate())
        .isInstanceOfSatisfying(
            Place.Continued.class,
            place -> {
              assertThat(place.timeline()).isEqualTo(1);
              assertThat(place.next()).isEqualTo(3);
              assertThat(place.expected().toString()).isEqualTo("0-1-30");
            });
  }

  @Test
  void knowsATimelineAgainThatHasNothingSealedYet() throws Exception {
    world.write(5);
    world.archive(0);

    assertThat(world.locate())
        .isInstanceOfSatisfying(Place.Continued.class, place -> assertThat(place.next()).isZero());
  }

  @Test
  void doesNotTakeAServerThatWasResetForTheOneWhoseTimelineIsStillEmpty() throws Exception {
    world.archive(0);
    world.reset();
    world.write(3);

    assertThat(world.locate())
        .isInstanceOfSatisfying(
            Place.Opened.class,
            opened -> {
              assertThat(opened.why()).isInstanceOf(Place.Why.OtherHistory.class);
              assertThat(opened.parent()).isEmpty();
              assertThat(opened.next()).isZero();
            });
  }

  @Test
  void goesOnWhereTheOldestLogOfTheServerIsTheNextOne() throws Exception {
    writeLogs(5);
    world.archive(5);
    world.purge(5);

    assertThat(world.locate())
        .isInstanceOfSatisfying(Place.Continued.class, place -> assertThat(place.next()).isZero());
  }

  @Test
  void saysWhatIsMissingWhereLogsWerePurgedUnseen() throws Exception {
    writeLogs(5);
    world.archive(2);
    world.purge(4);

    assertThat(world.locate())
        .isInstanceOfSatisfying(
            Place.Opened.class,
            opened -> {
              assertThat(opened.parent().orElseThrow().timeline().number()).isEqualTo(1);
              assertThat(opened.why())
                  .isInstanceOfSatisfying(
                      Place.Why.Missing.class,
                      missing ->
                          assertThat(missing.gap().from() + " to " + missing.gap().to())
                              .isEqualTo("0-1-20 to 0-1-40"));
            });
  }

  @Test
  void opensATimelineWhereAServerRunsOnACopyUnderTheSameName() throws Exception {
    writeLogs(5);
    world.write(3);
    var copy = world.copy();
    world.write(4);
    writeLogs(3);
    world.archive(100);
    world.restore(copy);

    assertThat(world.locate())
        .isInstanceOfSatisfying(
            Place.Opened.class,
            opened -> {
              assertThat(opened.why()).isEqualTo(new Place.Why.Forked("bin.000005"));
              assertThat(opened.next()).isEqualTo(5);
            });
  }

  @Test
  void findsTheForkWhereTheCopyHasNoCommonLogAnyMore() throws Exception {
    writeLogs(5);
    world.write(3);
    var copy = world.copy();
    world.write(4);
    writeLogs(3);
    world.archive(100);
    world.restore(copy);
    world.purge(5);

    assertThat(world.locate())
        .isInstanceOfSatisfying(
            Place.Opened.class,
            opened -> {
              assertThat(opened.why()).isEqualTo(new Place.Why.Forked("bin.000005"));
              assertThat(opened.next()).isZero();
            });
  }

  @Test
  void goesOnInTheOlderTimelineWhenTheRestoreWasTakenBack() throws Exception {
    writeLogs(3);
    List<World.Log> copy = world.copy();
    writeLogs(2);
    world.archive(100);
    List<World.Log> before = world.copy();
    world.restore(copy);
    writeLogs(2);
    world.archive(100);
    world.server = new ArrayList<>(before);
    world.write(1);

    assertThat(world.locate())
        .isInstanceOfSatisfying(
            Place.Continued.class,
            place -> {
              assertThat(place.timeline()).isEqualTo(1);
              assertThat(place.next()).isEqualTo(5);
            });
  }

  @Test
  void doesNotConnectAServerThatWasMadeAnew() throws Exception {
    writeLogs(5);
    world.archive(100);
    world.reset();
    writeLogs(7);

    assertThat(world.locate())
        .isInstanceOfSatisfying(
            Place.Opened.class,
            opened -> {
              assertThat(opened.parent()).isEmpty();
              assertThat(opened.why()).isInstanceOf(Place.Why.OtherHistory.class);
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 1_000})
  void asksAboutAFewLogsHoweverManyThereAre(int logs) throws Exception {
    writeLogs(logs);
    world.archive(logs);
    world.questions = 0;

    world.locate();

    assertThat(world.questions).isLessThanOrEqualTo(4);
  }

  /// Whatever happens to a server, what the archive chains together is a history that a server had,
  /// and it is all of what this server still has.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void chainsOnlyWhatBelongsTogether(long seed) throws Exception {
    for (long each = seed * 100; each < seed * 100 + 100; each++) {
      live(new World(), each);
    }
  }

  private static void live(World world, long seed) throws Exception {
    Random random = new Random(seed);
    List<List<World.Log>> copies = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> world.write(random.nextInt(5));
        case 3, 4, 5 -> world.rotate();
        case 6, 7 -> world.archive(random.nextInt(4));
        case 8 -> copies.add(world.copy());
        case 9 -> {
          if (!copies.isEmpty() && random.nextInt(3) == 0) {
            world.restore(copies.get(random.nextInt(copies.size())));
          }
        }
        case 10 -> world.purge(random.nextInt(3));
        default -> {
          if (random.nextInt(6) == 0) {
            world.reset();
          } else {
            world.crash(random.nextInt(3));
          }
        }
      }
    }
    Place last = world.archive(1_000);
    for (int timeline : world.archive.keySet()) {
      World.Log before = null;
      for (World.Log log : world.chain(timeline).values()) {
        if (before != null) {
          assertThat(log.start())
              .as("seed %d, timeline %d, %s", seed, timeline, log)
              .isEqualTo(before.end());
          assertThat(log.number()).isEqualTo(before.number() + 1);
        }
        before = log;
      }
    }
    int current =
        switch (last) {
          case Place.Continued continued -> continued.timeline();
          case Place.Opened _ -> world.archive.lastKey();
        };
    var chain = world.chain(current);
    for (World.Log log : world.server.subList(0, world.server.size() - 1)) {
      // A copy may bring back logs from before a gap.
      if (!chain.isEmpty() && log.number() >= chain.keySet().iterator().next()) {
        assertThat(chain.get(log.number())).as("seed %d", seed).isEqualTo(log);
      }
    }
  }
}
