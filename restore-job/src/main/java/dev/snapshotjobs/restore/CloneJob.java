package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// One run of `clone`: gather, show, act, report.
record CloneJob(BucketReader documents, RestoreRun restores, Run run) {
  private static final int HASH = 10;

  Conclusion execute(String snapshot, OutputFormat output, boolean dryRun)
      throws InterruptedException {
    CatalogueEntry entry = entry(snapshot);
    Restore restore =
        new Restore(
            restores.restoreId().orElseGet(() -> id(entry)), entry, new Restore.Purpose.Clone());
    CloneText text = new CloneText(restore, restores.standing(entry));
    run.out().print(text.in(output));
    if (dryRun) {
      return Conclusion.done("planned", RestoreReason.WOULD_CLONE, text.sentence());
    }
    return restores.carryOut(restores.prepare(restore));
  }

  private CatalogueEntry entry(String snapshot) {
    try {
      return documents
          .snapshot(snapshot)
          .orElseThrow(
              () ->
                  JobException.misconfigured(
                      RestoreReason.NO_SUCH_SNAPSHOT,
                      "the catalogue of %s has no snapshot %s"
                          .formatted(documents.keys().instance(), snapshot),
                      "name one that restore-job windows shows, or lists as no base"));
    } catch (IOException e) {
      throw Planning.damaged(e);
    }
  }

  /// The same snapshot has the same clone, so that a run that died is gone on with.
  static String id(CatalogueEntry entry) {
    String prefix = entry.instance() + "-clone-";
    String hash = sha256(entry.snapshot().uid());
    return prefix + hash.substring(0, Math.min(HASH, Restore.LONGEST_ID - prefix.length()));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
