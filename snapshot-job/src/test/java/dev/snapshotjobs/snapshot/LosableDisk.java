package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.sandbox.MariaDbServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// An ext4 file system in a file, of which one can have what would be left after a power cut: what
/// was written to the device, and not what is in the page cache only.
///
/// Its journal is committed and its dirty pages are written late, so that nothing but the
/// database's own syncs gets onto the device in the seconds that a test takes.
final class LosableDisk implements AutoCloseable {
  private static final String IMAGE_SIZE = "1G";

  private final Path image;
  private final Path root;

  private LosableDisk(Path image, Path root) {
    this.image = image;
    this.root = root;
  }

  /// What keeps this user from mounting files on this machine, if anything does.
  static Optional<String> whyNot() {
    try (LosableDisk _ = create()) {
      return Optional.empty();
    } catch (IOException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }

  static LosableDisk create() throws IOException {
    Path image = folder().resolve("disk.img");
    run("truncate", "--size=" + IMAGE_SIZE, image.toString());
    run("mkfs.ext4", "-q", "-E", "lazy_itable_init=1,lazy_journal_init=1", image.toString());
    return mounted(image);
  }

  /// Servers may run as another user, who has to get in.
  private static Path folder() throws IOException {
    return Files.setPosixFilePermissions(
        Files.createTempDirectory("losable-disk"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static LosableDisk mounted(Path image) throws IOException {
    Path root = Files.createDirectory(image.resolveSibling("root"));
    run("mount", "-o", "loop,commit=300", image.toString(), root.toString());
    return new LosableDisk(image, root);
  }

  Path root() {
    return root;
  }

  /// Puts all onto the device that was written so far, as time would: what a test writes from now
  /// on is what can be lost.
  void sync() throws IOException {
    run("sync", "--file-system", root.toString());
  }

  /// The image as it is at this moment, with the server stopped while it is copied.
  Path cutPower(MariaDbServer server) throws IOException {
    Path copy = folder().resolve("disk.img");
    server.pause();
    try {
      run("cp", "--sparse=always", "--reflink=auto", image.toString(), copy.toString());
    } finally {
      server.resume();
    }
    return copy;
  }

  /// What a machine finds when it comes up again: the journal is replayed.
  static LosableDisk afterwards(Path copy) throws IOException {
    return mounted(copy);
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(List.of(command) + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(List.of(command) + " was not waited for");
    }
  }

  @Override
  public void close() throws IOException {
    // Servers that were killed may take a moment to be gone.
    run("umount", "--lazy", root.toString());
    Files.delete(root);
    Files.delete(image);
    Files.delete(image.getParent());
  }
}
