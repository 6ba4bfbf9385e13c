package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectUpload;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.objects.WriteResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Stands for `aws s3 cp --recursive`: a process that uploads files as they are, in parts of 8 MiB
/// of which three are on their way at a time. Its arguments are the store, the bucket and the
/// folder.
final class UploadFolder {
  private static final int BUFFER = 1 << 20;

  private UploadFolder() {}

  public static void main(String[] args) throws IOException {
    S3Settings settings =
        new S3Settings(
            args[1],
            "",
            Optional.of(URI.create(args[0])),
            Optional.empty(),
            true,
            "us-east-1",
            SseMode.NONE,
            Optional.empty(),
            ChecksumMode.WHEN_SUPPORTED);
    try (S3ObjectStore store = S3ObjectStore.connect(settings)) {
      for (Path file : files(Path.of(args[2]))) {
        upload(store, file);
      }
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void upload(S3ObjectStore store, Path file) throws IOException {
    ObjectKey key = new ObjectKey("raw/" + file.getFileName());
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file);
        ObjectUpload upload = store.upload(key, WriteOptions.BINARY)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        upload.write(buffer, 0, read);
      }
      if (!(upload.complete() instanceof WriteResult.Created)) {
        throw new IllegalStateException(key + " is there already");
      }
    }
  }
}
