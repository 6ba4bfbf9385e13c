package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchiveObject.RestorePlan;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.objects.WriteResult;
import dev.snapshotjobs.restore.Planning.Proposal;
import dev.snapshotjobs.restore.Preparation.Prepared;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of `pitr`: gather, plan, show, act, report.
final class PitrJob {
  private static final Logger LOG = LoggerFactory.getLogger(PitrJob.class);

  private final Planning planning;
  private final ObjectStore store;
  private final BucketReader documents;
  private final RestoreRun restores;
  private final Run run;

  PitrJob(String instance, ObjectStore store, Planning planning, RestoreRun restores, Run run) {
    this.planning = planning;
    this.store = store;
    this.documents = new BucketReader(store, instance);
    this.restores = restores;
    this.run = run;
  }

  /// What was asked for.
  record Wish(Target target, Optional<TimelineId> timeline, boolean quick, OutputFormat output) {}

  Conclusion execute(Wish wish, boolean dryRun) throws InterruptedException {
    Optional<Begun> begun = dryRun ? Optional.empty() : begun();
    return begun.isPresent() ? goOn(begun.get()) : anew(wish, dryRun);
  }

  /// What an earlier pod of the same Job has planned and begun.
  private record Begun(String id, PlanDocument plan) {}

  /// A second pod of one Job asks for nothing new, though the archive reaches further by now.
  private Optional<Begun> begun() {
    return restores
        .begun(documents.keys().instance())
        .flatMap(id -> plan(id).map(plan -> new Begun(id, plan)));
  }

  private Conclusion goOn(Begun begun) throws InterruptedException {
    PlanDocument plan = begun.plan();
    LOG.atInfo()
        .addKeyValue("restore", begun.id())
        .addKeyValue("snapshot", plan.base().snapshot())
        .log("what an earlier pod of this Job has begun is carried out");
    Restore restore = new Restore(begun.id(), baseOf(plan), new Restore.Purpose.Recovery(plan));
    return concluded(restores.carryOut(restores.prepare(restore)), plan);
  }

  private Conclusion anew(Wish wish, boolean dryRun) throws InterruptedException {
    Proposal proposal =
        planning.propose(wish.target(), wish.timeline(), wish.quick(), wish.output());
    RecoveryPlan plan = proposal.plan();
    PlanDocument document = plan.document(run.clock().instant(), restores.startedBy());
    Conclusion planned =
        PlanJob.shown(
            new PlanText(plan, document, restores.standing(plan.base()), proposal.obstacles()),
            wish.output(),
            run);
    if (dryRun) {
      return planned;
    }
    String id = restores.restoreId().orElseGet(document::id);
    Restore restore = agreed(id, document, plan.base());
    Prepared prepared = restores.prepare(restore);
    Restore recorded = recorded(prepared.restore(), plan.base());
    if (!recorded.equals(restore)) { // another run was faster
      prepared = restores.prepare(recorded);
    }
    return concluded(restores.carryOut(prepared), judged(recorded, document));
  }

  /// By what a restore fell short: by the plan that was asked for, which may lead to the same place
  /// as the one that was carried out and fall short of nothing.
  private static PlanDocument judged(Restore restore, PlanDocument asked) {
    return restore.purpose() instanceof Restore.Purpose.Recovery(PlanDocument plan)
            && !plan.id().equals(asked.id())
        ? plan
        : asked;
  }

  private static Conclusion concluded(Conclusion done, PlanDocument plan) {
    return plan.lost().isPresent() && done.exit() == ExitCode.DONE
        ? new Conclusion(
            ExitCode.ATTENTION,
            done.verdict(),
            RestoreReason.RESTORED_IN_PART,
            done.message() + "; mind: " + plan.lost().get(),
            "run binlog-archiver verify, which says of each damage what to do")
        : done;
  }

  /// A restore that was begun is gone on with as it was planned then: the archive has grown since.
  private Restore agreed(String id, PlanDocument document, CatalogueEntry base) {
    Optional<PlanDocument> before = plan(id);
    if (before.isEmpty()) {
      return new Restore(id, base, new Restore.Purpose.Recovery(document));
    }
    PlanDocument earlier = before.get();
    if (!earlier.id().equals(document.id())) {
      requireSameJob(id, earlier, document);
    }
    LOG.atInfo()
        .addKeyValue("restore", id)
        .addKeyValue("snapshot", earlier.base().snapshot())
        .log("the plan of an earlier run is carried out");
    return new Restore(
        id,
        base.snapshot().uid().equals(earlier.base().uid()) ? base : baseOf(earlier),
        new Restore.Purpose.Recovery(earlier));
  }

  /// A second pod of one Job asks for nothing new. Whoever asks another time, in the same words,
  /// may mean what has been committed since.
  private static boolean isOfSameJob(PlanDocument earlier, PlanDocument now) {
    return now.startedBy().isPresent() && now.startedBy().equals(earlier.startedBy());
  }

  private void requireSameJob(String id, PlanDocument earlier, PlanDocument now) {
    if (!isOfSameJob(earlier, now)) {
      throw JobException.refused(
          RestoreReason.OTHER_PLAN,
          "restore %s leads to GTID %s of timeline %s, and what is asked for now to %s of %s"
              .formatted(
                  id,
                  earlier.end().position(),
                  earlier.timeline(),
                  now.end().position(),
                  now.timeline()),
          "give another --restore-id");
    }
    run.report()
        .warn(
            "the restore that was begun is carried out as it was planned at %s, to '%s'; by now %s leads to '%s': for that give another --restore-id"
                .formatted(
                    earlier.plannedAt(),
                    earlier.end().position(),
                    now.target(),
                    now.end().position()));
  }

  private CatalogueEntry baseOf(PlanDocument plan) {
    try {
      return documents
          .snapshot(plan.base().snapshot())
          .filter(entry -> entry.snapshot().uid().equals(plan.base().uid()))
          .orElseThrow(
              () ->
                  JobException.refused(
                      RestoreReason.OTHER_PLAN,
                      "the restore was planned from snapshot %s, which the catalogue does not have any more"
                          .formatted(plan.base().snapshot()),
                      "give another --restore-id"));
    } catch (IOException e) {
      throw Planning.damaged(e);
    }
  }

  /// The steps of the restore read the plan there.
  private Restore recorded(Restore restore, CatalogueEntry base) {
    if (!(restore.purpose() instanceof Restore.Purpose.Recovery(PlanDocument plan))) {
      return restore;
    }
    WriteResult written =
        store.putIfAbsent(
            documents.key(new RestorePlan(restore.id())), plan.json(), WriteOptions.JSON);
    return switch (written) {
      case WriteResult.Created _ -> restore;
      case WriteResult.Exists _ -> agreed(restore.id(), plan, base);
    };
  }

  private Optional<PlanDocument> plan(String id) {
    try {
      return documents.plan(id);
    } catch (IOException e) {
      throw Planning.damaged(e);
    }
  }
}
