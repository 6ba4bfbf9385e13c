package dev.snapshotjobs.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The storage system behind the CSI driver: volumes and snapshots are folders.
final class Volumes {

  static final String DRIVER = "hostpath.csi.k8s.io";

  /// Stops the process, waits until each of its threads stands still or is dead, copies, lets it go
  /// on. The last word is said once: a second CONT from the trap could wake the server in the next
  /// cut.
  private static final String PAUSED_COPY =
      """
      rm -rf -- "$3"
      trap 'kill -CONT "$1" 2> /dev/null' EXIT
      echo stopping
      kill -STOP "$1" || exit
      while grep -qs '^State:[[:space:]]*[^TtXZ[:space:]]' /proc/"$1"/task/*/status; do :; done
      cp -a --reflink=auto --no-target-directory "$2" "$3" || exit
      trap - EXIT
      kill -CONT "$1" && echo continued
      """;

  /// What a cut left behind; the pause is empty where no server ran.
  record Cut(Instant time, Optional<SnapshotPause> pause) {}

  private final Path volumes;
  private final Path snapshots;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final Map<String, MariaDbServer> attached = new ConcurrentHashMap<>();
  private final List<SnapshotPause> pauses = new ArrayList<>();

  Volumes(Path folder) throws IOException {
    volumes = Files.createDirectory(folder.resolve("volumes"));
    snapshots = Files.createDirectory(folder.resolve("snapshots"));
  }

  Path folder(String volume) {
    return volumes.resolve(volume);
  }

  boolean hasSnapshot(String handle) {
    return Files.isDirectory(snapshots.resolve(handle));
  }

  /// Starting, stopping and cutting exclude one another on each volume.
  <T> T exclusively(String volume, Supplier<T> action) {
    ReentrantLock lock = locks.computeIfAbsent(volume, ignored -> new ReentrantLock());
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  void attach(String volume, MariaDbServer server) {
    attached.put(volume, server);
  }

  void create(String volume) {
    try {
      Files.createDirectories(folder(volume));
    } catch (IOException e) {
      throw new SandboxException("Cannot create volume " + volume, e);
    }
  }

  void createFrom(String volume, String handle) {
    copy(snapshots.resolve(handle), folder(volume));
  }

  void delete(String volume) {
    Command.check("rm", "-rf", folder(volume).toString());
  }

  void deleteSnapshot(String handle) {
    Command.check("rm", "-rf", snapshots.resolve(handle).toString());
  }

  List<SnapshotPause> pauses() {
    synchronized (pauses) {
      return List.copyOf(pauses);
    }
  }

  Cut cut(String volume, String handle) {
    return exclusively(
        volume,
        () -> {
          Path target = snapshots.resolve(handle);
          MariaDbServer server = attached.get(volume);
          Instant time = Instant.now();
          if (server == null || !server.isRunning()) {
            copy(folder(volume), target);
            return new Cut(time, Optional.empty());
          }
          SnapshotPause pause = cutPaused(volume, handle, server.pid(), target);
          return new Cut(time, Optional.of(pause));
        });
  }

  private SnapshotPause cutPaused(String volume, String handle, long pid, Path target) {
    List<String> command =
        List.of(
            "sh",
            "-c",
            PAUSED_COPY,
            "cut",
            Long.toString(pid),
            folder(volume).toString(),
            target.toString());
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      Instant start;
      long startNanos;
      long endNanos;
      try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
        output.readLine(); // "stopping"
        start = Instant.now();
        startNanos = System.nanoTime();
        String line = output.readLine();
        endNanos = System.nanoTime();
        if (!"continued".equals(line)) {
          throw new SandboxException("Cannot copy " + volume + ": " + line);
        }
      }
      SnapshotPause pause = new SnapshotPause(volume, handle, start, startNanos, endNanos);
      synchronized (pauses) {
        pauses.add(pause);
      }
      return pause;
    } catch (IOException e) {
      throw new SandboxException("Cannot copy " + volume, e);
    }
  }

  private static void copy(Path from, Path to) {
    Command.check("rm", "-rf", to.toString()); // what an earlier attempt may have left
    Command.check(
        "cp", "-a", "--reflink=auto", "--no-target-directory", from.toString(), to.toString());
  }
}
