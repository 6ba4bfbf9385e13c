package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotContent;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CataloguePlanTest {
  private static final VolumeSnapshot OWN = ready("shop-9");

  private static VolumeSnapshot ready(String name) {
    return snapshot(name, "consistent", true, Map.of());
  }

  private static VolumeSnapshot snapshot(
      String name, String state, boolean isReady, Map<String, String> more) {
    VolumeSnapshot plain = Examples.snapshot(name, state, Examples.SLOT);
    Map<String, String> annotations = new HashMap<>(plain.annotations());
    annotations.put(SnapshotKeys.SOURCE_CAPACITY, "1073741824");
    annotations.put(SnapshotKeys.SOURCE_STORAGE_CLASS, "gp3");
    annotations.putAll(more);
    return new VolumeSnapshot(
        plain.namespace(),
        name,
        plain.uid(),
        "1",
        plain.labels(),
        annotations,
        false,
        plain.source(),
        new VolumeSnapshot.Status("content-of-" + name, Examples.SLOT, isReady, null));
  }

  private static CataloguePlan plan(Set<String> listed, VolumeSnapshot... all) {
    return CataloguePlan.of("shop", OWN.uid(), Arrays.asList(all), listed);
  }

  @Test
  void alwaysHasTheRunsOwnAndOthersThatLackAnEntryTheNewestFirst() {
    CataloguePlan plan =
        plan(Set.of("shop-2", "shop-9"), ready("shop-1"), ready("shop-2"), ready("shop-3"), OWN);

    assertThat(plan.own()).contains(OWN);
    assertThat(plan.missing()).extracting(VolumeSnapshot::name).containsExactly("shop-3", "shop-1");
    assertThat(plan.left()).isZero();
  }

  @Test
  void hasOnlyWhatCounts() {
    assertThat(
            plan(
                    Set.of(),
                    snapshot("shop-1", "consistent", false, Map.of()),
                    snapshot("shop-2", "pending", true, Map.of()),
                    snapshot("shop-3", "aborted", true, Map.of()),
                    snapshot("shop-4", "crash-consistent", true, Map.of()),
                    snapshot("shop-5", "crash-consistent", true, Map.of("other/mode", "none")),
                    snapshot("shop-6", "crash-consistent", true, Map.of(SnapshotKeys.MODE, "none")))
                .missing())
        .extracting(VolumeSnapshot::name)
        .containsExactly("shop-6");
    assertThat(CataloguePlan.of("other", OWN.uid(), List.of(OWN, ready("shop-1")), Set.of()))
        .isEqualTo(new CataloguePlan(Optional.empty(), List.of(), 0));
  }

  @Test
  void doesNotMakeARunLastForAllThatOthersHaveNotDone() {
    CataloguePlan plan =
        plan(
            Set.of(),
            IntStream.range(100, 220)
                .mapToObj(number -> ready("shop-" + number))
                .toArray(VolumeSnapshot[]::new));

    assertThat(plan.missing()).hasSize(50);
    assertThat(plan.missing().getFirst().name()).isEqualTo("shop-219");
    assertThat(plan.left()).isEqualTo(70);
  }

  private static VolumeSnapshotContent content(String snapshotUid, @Nullable String handle) {
    return new VolumeSnapshotContent(
        "content-of-shop-9",
        "u",
        Examples.DRIVER,
        "Delete",
        "fast",
        "shop",
        "shop-9",
        snapshotUid,
        handle,
        5L);
  }

  @Test
  void makesAnEntryOfWhatTheClusterSays() throws Exception {
    CatalogueEntry entry =
        CatalogueEntries.of("shop", OWN, Optional.of(content(OWN.uid(), "snap-1")), Examples.SLOT);

    assertThat(entry.content())
        .isEqualTo(new CatalogueEntry.Content("content-of-shop-9", Examples.DRIVER, "snap-1"));
    assertThat(entry.claim())
        .isEqualTo(new CatalogueEntry.Claim("data-mariadb-0", "gp3", 1L << 30));
    assertThat(entry.snapshot().className()).isEqualTo("fast");
    assertThat(entry.snapshot().restoreSize()).contains(5L);
    assertThat(entry.recordedAt()).isEqualTo(Examples.SLOT);
  }

  @Test
  void makesNoneThatNobodyCouldRestoreFrom() {
    assertIncomplete(OWN, null, "no VolumeSnapshotContent");
    assertIncomplete(OWN, content("of-another", "snap-1"), "no VolumeSnapshotContent");
    assertIncomplete(OWN, content(OWN.uid(), null), "no snapshotHandle");
    assertIncomplete(
        snapshot("shop-9", "consistent", true, Map.of(SnapshotKeys.SOURCE_CAPACITY, "much")),
        content(OWN.uid(), "snap-1"),
        "much");
    assertIncomplete(
        snapshot("shop-9", "consistent", true, Map.of(SnapshotKeys.GTID_BINLOG_POS, "here")),
        content(OWN.uid(), "snap-1"),
        SnapshotKeys.GTID_BINLOG_POS);
  }

  private static void assertIncomplete(
      VolumeSnapshot snapshot, @Nullable VolumeSnapshotContent content, String why) {
    assertThatThrownBy(
            () ->
                CatalogueEntries.of("shop", snapshot, Optional.ofNullable(content), Examples.SLOT))
        .isInstanceOf(CatalogueEntries.IncompleteException.class)
        .hasMessageContaining(why);
  }
}
