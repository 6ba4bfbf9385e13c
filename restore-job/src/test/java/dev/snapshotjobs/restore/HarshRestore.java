package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.restore.ArchivedShop.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A restore whose containers die on the way, at moments that are drawn: the one that replays is
/// started again, and behind a death of the server another copy is recovered from the beginning.
final class HarshRestore implements AutoCloseable {
  /// Who dies.
  enum Death {
    /// The container that replays, asked to end.
    STOPPED_REPLAY,
    /// The same, without a word.
    KILLED_REPLAY,
    SERVER
  }

  private static final String PIECES = "4Ki";

  private final ArchivedShop shop;
  private final String id;
  private final Random random;
  private @Nullable RestorePod pod;

  /// Those that have been tried, and those of them that came while logs were being replayed.
  final List<Death> tried = new ArrayList<>();

  final List<Death> met = new ArrayList<>();

  HarshRestore(ArchivedShop shop, String id, Random random) {
    this.shop = shop;
    this.id = id;
    this.random = random;
  }

  /// Replays, however often it is killed.
  ///
  /// @return the pod whose replay has ended well
  RestorePod run(Path copy) throws Exception {
    List<Death> deaths = draw();
    Path spare = Files.createTempDirectory("spare");
    try {
      if (deaths.contains(Death.SERVER)) {
        duplicate(copy, spare);
      }
      begin(copy);
      for (Death death : deaths) {
        if (!die(pod(), death)) {
          return pod(); // the replay was quicker
        }
        if (death == Death.SERVER) {
          close();
          begin(duplicate(spare, Files.createTempDirectory("copy")));
        }
      }
      String pieces = deaths.isEmpty() && random.nextBoolean() ? "64Mi" : PIECES;
      succeeded(pod().replay("--batch-size", pieces));
      return pod();
    } finally {
      ArchivedShop.command("rm", "-rf", spare.toString());
    }
  }

  private List<Death> draw() {
    List<Death> deaths = new ArrayList<>();
    while (deaths.size() < 3 && random.nextInt(3) > 0) {
      deaths.add(
          switch (random.nextInt(6)) {
            case 0 -> Death.KILLED_REPLAY;
            case 1, 2 -> Death.SERVER;
            default -> Death.STOPPED_REPLAY;
          });
    }
    return deaths;
  }

  private static Path duplicate(Path from, Path to) throws IOException {
    ArchivedShop.command("cp", "-a", "--no-target-directory", from.toString(), to.toString());
    return to;
  }

  private void begin(Path copy) throws IOException {
    pod = new RestorePod(shop, copy, "--restore-id", id);
    succeeded(pod.inspect());
    pod.start();
  }

  private RestorePod pod() {
    return Objects.requireNonNull(pod);
  }

  @Override
  public void close() throws IOException {
    if (pod != null) {
      pod.close();
    }
  }

  /// @return false if the replay had ended before
  private boolean die(RestorePod pod, Death death) throws Exception {
    tried.add(death);
    int piece = pod.piece() + 1 + random.nextInt(6);
    long nanos = random.nextInt(20_000_000);
    boolean died =
        death == Death.KILLED_REPLAY ? killed(pod, piece, nanos) : ended(pod, death, piece, nanos);
    if (died && new Scratch(pod.scratch).read(Scratch.Note.REPLAYED).isEmpty()) {
      met.add(death);
    }
    return died;
  }

  private boolean killed(RestorePod pod, int piece, long nanos) throws Exception {
    Process process = shop.restoreProcess(pod.replayArgs("--batch-size", PIECES));
    pod.awaitPiece(piece, process.onExit());
    LockSupport.parkNanos(nanos);
    process.destroyForcibly();
    int exit = process.onExit().join().exitValue();
    assertThat(exit).isIn(0, 137);
    return exit == 137;
  }

  private boolean ended(RestorePod pod, Death death, int piece, long nanos) throws Exception {
    StopSignal stop = new StopSignal();
    CompletableFuture<Ended> replay =
        CompletableFuture.supplyAsync(
            () -> pod.replay(stop, "--batch-size", PIECES),
            run -> Thread.ofPlatform().name("replay").start(run));
    pod.awaitPiece(piece, replay);
    LockSupport.parkNanos(nanos);
    if (death == Death.SERVER) {
      pod.killServer();
    } else {
      stop.request(StopSignal.Cause.SIGNAL);
    }
    Ended ended = replay.join();
    if (ended.exit() == 0) {
      return false;
    }
    if (death == Death.SERVER) {
      assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
      assertThat(ended.outcome().path("reason").asString())
          .as(ended.err())
          .isEqualTo("server-died");
    } else {
      assertThat(ended.exit()).as(ended.err()).isEqualTo(143);
    }
    return true;
  }

  private static void succeeded(Ended ended) {
    assertThat(ended.exit()).as(ended.err()).isZero();
  }
}
