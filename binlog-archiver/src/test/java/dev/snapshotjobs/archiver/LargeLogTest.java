package dev.snapshotjobs.archiver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.sandbox.S3Operation;
import dev.snapshotjobs.sandbox.S3Server;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// A log that is much larger than the memory of the process that seals it. Its size is a property,
/// for who has less patience: `-Dlog.mebibytes=256`.
class LargeLogTest {
  private static final int MEBIBYTES = Integer.getInteger("log.mebibytes", 2048);

  @AutoClose private final S3Server s3 = S3Server.start();

  @Test
  void isSealedInASmallHeap() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx96m",
                    "-XX:MaxDirectMemorySize=16m",
                    "-XX:+UseSerialGC",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Daws.accessKeyId=" + s3.accessKey(),
                    "-Daws.secretAccessKey=" + s3.secretKey(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    SealGeneratedLog.class.getName(),
                    s3.endpoint().toString(),
                    S3Server.BUCKET,
                    Integer.toString(MEBIBYTES)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(said).isZero();
    long size = Long.parseLong(said.lines().toList().getLast().split(" ", 2)[0]);
    assertThat(size).isGreaterThanOrEqualTo((long) MEBIBYTES << 20);
    assertThat(s3.count(S3Operation.UPLOAD_PART))
        .as("parts of 8 MiB of the compressed log")
        .isGreaterThan(MEBIBYTES / 64);
  }
}
