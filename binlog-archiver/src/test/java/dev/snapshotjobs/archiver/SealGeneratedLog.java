package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.LogWriter;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.LogBuilder;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectUpload;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import dev.snapshotjobs.common.objects.SandboxStore;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.objects.WriteResult;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/// A process that seals a log of any size that nobody has: reading it from a server would need one
/// that wrote it. Its arguments are the store, the bucket, and the size in MiB.
///
/// It prints the size and the SHA-256 of the plain log.
final class SealGeneratedLog {
  private static final int MIB = 1 << 20;
  private static final int STANDALONE = 1;
  private static final String KEY = "shop/binlogs/0001/bin.000001.zst";

  private SealGeneratedLog() {}

  public static void main(String[] args) throws IOException {
    S3Settings settings = SandboxStore.settings(URI.create(args[0]), args[1], "backups");
    try (S3ObjectStore store = S3ObjectStore.connect(settings);
        ObjectUpload upload = store.upload(new ObjectKey(KEY), WriteOptions.BINARY);
        LogWriter writer = new LogWriter(upload)) {
      write(writer, Long.parseLong(args[2]) * MIB);
      LogWriter.Written written = writer.finish(Marks.NONE);
      if (!(upload.complete() instanceof WriteResult.Created)) {
        throw new IllegalStateException(KEY + " is there already");
      }
      System.out.println(written.content().size() + " " + written.content().sha256());
    }
  }

  /// The same transactions again and again, of statements that compress about as those of shops do.
  private static void write(LogWriter writer, long size) throws IOException {
    byte[] head = LogBuilder.with(ChecksumAlgorithm.CRC32).bytes();
    byte[] transactions = transactions(head.length);
    writer.accept(head, 0, head.length);
    while (writer.offset() < size) {
      writer.accept(transactions, 0, transactions.length);
    }
  }

  private static byte[] transactions(int head) {
    Random random = new Random(1);
    LogBuilder log = LogBuilder.with(ChecksumAlgorithm.CRC32);
    byte[] noise = new byte[200];
    for (long sequence = 1; log.size() < MIB; sequence++) {
      random.nextBytes(noise);
      log.gtid(sequence, STANDALONE)
          .query("INSERT INTO orders VALUES ('" + HexFormat.of().formatHex(noise).repeat(2) + "')");
    }
    return Arrays.copyOfRange(log.bytes(), head, log.size());
  }
}
