package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.ObjectStoreFailure;
import dev.snapshotjobs.common.report.Phase;
import dev.snapshotjobs.snapshot.CatalogueBucket.Written;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last step of a run: the catalogue gets the entry of its snapshot, and those that earlier
/// runs could not write. A snapshot is no worse without one, so nothing here takes a result back.
final class Cataloguing {
  private static final Logger LOG = LoggerFactory.getLogger(Cataloguing.class);

  /// After that no entry of another run is begun.
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final String LATER = "the next run writes it again";

  private final Run run;
  private final VolumeSnapshots snapshots;
  private final String instance;
  private final SnapshotSettings.Catalogue settings;
  private final Supplier<ObjectStore> connect;

  Cataloguing(
      Run run,
      VolumeSnapshots snapshots,
      String instance,
      SnapshotSettings.Catalogue settings,
      Supplier<ObjectStore> connect) {
    this.run = run;
    this.snapshots = snapshots;
    this.instance = instance;
    this.settings = settings;
    this.connect = connect;
  }

  /// The end of the run, with what went wrong here.
  Conclusion after(Conclusion conclusion, VolumeSnapshot own) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (Phase _ = run.report().phase("catalogue");
        ObjectStore store = connect.get()) {
      CatalogueBucket bucket = CatalogueBucket.list(store, instance, settings.lock());
      CataloguePlan plan = CataloguePlan.of(instance, own.uid(), snapshots.list(), bucket.listed());
      Conclusion ofOwn =
          plan.own().map(snapshot -> own(conclusion, bucket, snapshot)).orElse(conclusion);
      writeMissing(bucket, plan, deadline);
      return ofOwn;
    } catch (ObjectStoreFailure failure) {
      return failed(conclusion, String.valueOf(failure.getMessage()), failure.nextStep());
    } catch (KubernetesFailure failure) {
      return failed(
          conclusion, String.valueOf(failure.getMessage()), "see why the API does not answer");
    }
  }

  private Conclusion own(Conclusion conclusion, CatalogueBucket bucket, VolumeSnapshot snapshot) {
    try {
      return switch (write(bucket, snapshot)) {
        case Written.Standing _ -> conclusion;
        case Written.Conflict(String why) ->
            looked(
                conclusion,
                SnapshotReason.CATALOGUE_CONFLICT,
                why,
                "see whose it is: two databases must not have one INSTANCE in one bucket; this"
                    + " snapshot is in no catalogue, and restores from its objects alone");
      };
    } catch (CatalogueEntries.IncompleteException e) {
      return looked(
          conclusion,
          SnapshotReason.CATALOGUE_MISSING,
          String.valueOf(e.getMessage()),
          "see who changes VolumeSnapshots or their contents here (audit log)");
    }
  }

  private void writeMissing(CatalogueBucket bucket, CataloguePlan plan, long deadline) {
    int left = plan.left();
    for (VolumeSnapshot snapshot : plan.missing()) {
      run.stop().throwIfRequested();
      if (System.nanoTime() >= deadline) {
        left++;
        continue;
      }
      try {
        if (write(bucket, snapshot) instanceof Written.Conflict(String why)) {
          run.report().warn("VolumeSnapshot %s: %s".formatted(snapshot.name(), why));
        }
      } catch (CatalogueEntries.IncompleteException e) {
        LOG.atInfo()
            .addKeyValue("volume_snapshot", snapshot.name())
            .addKeyValue("why", e.getMessage())
            .log("gets no catalogue entry");
      }
    }
    if (left > 0) {
      LOG.atInfo().addKeyValue("left", left).log("the next run writes more catalogue entries");
    }
  }

  private Written write(CatalogueBucket bucket, VolumeSnapshot snapshot)
      throws CatalogueEntries.IncompleteException {
    CatalogueEntry entry =
        CatalogueEntries.of(
            instance, snapshot, snapshots.findContentOf(snapshot), run.clock().instant());
    Written written = bucket.write(entry);
    if (written instanceof Written.Standing(String key)) {
      LOG.atInfo()
          .addKeyValue("volume_snapshot", snapshot.name())
          .addKeyValue("catalogue_entry", settings.address(key))
          .log("is in the catalogue");
    }
    return written;
  }

  private Conclusion failed(Conclusion conclusion, String why, String whatToDo) {
    run.stop().throwIfRequested();
    return looked(conclusion, SnapshotReason.CATALOGUE_MISSING, why, whatToDo + "; " + LATER);
  }

  /// A run that ends otherwise than well has a graver reason than this one.
  private Conclusion looked(
      Conclusion conclusion, SnapshotReason reason, String why, String nextStep) {
    Optional<Conclusion> graver =
        Optional.of(conclusion).filter(end -> end.exit() != ExitCode.DONE);
    graver.ifPresent(_ -> run.report().warn("The catalogue lacks an entry: " + why));
    return graver.orElse(Conclusions.notInCatalogue(conclusion, reason, why, nextStep));
  }
}
