package dev.snapshotjobs.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.objects.LockTerm;
import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectLock;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.SandboxStore;
import dev.snapshotjobs.common.objects.StoredObject;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.sandbox.FaultRule;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Operation;
import dev.snapshotjobs.sandbox.S3Server;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Whole runs that end with an entry in a bucket, or should.
class CatalogueTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static ProtectedShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static S3Server s3;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static S3ObjectStore store;

  @BeforeAll
  static void open() throws Exception {
    shop = ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1");
    shop.createClass("late", "Delete", Map.of("snapshotDelaySeconds", "3"));
    shop.createClass("never-ready", "Delete", Map.of("neverReady", "true"));
    s3 = S3Server.start();
    store = SandboxStore.connect(s3, "backups");
    // So that what a test finds is of its own.
    assertThat(run().exit()).isZero();
  }

  @AfterAll
  static void close() {
    store.close();
    s3.close();
    shop.close();
  }

  @AfterEach
  void repair() {
    s3.faults().clear();
    s3.forgetRequests();
    shop.sandbox.faults().clear();
  }

  private static Map<String, String> bucket() {
    return Map.of(
        "S3_BUCKET",
        S3Server.BUCKET,
        "S3_PREFIX",
        "backups",
        "S3_ENDPOINT",
        s3.endpoint().toString(),
        "S3_PATH_STYLE",
        "true");
  }

  private static ProtectedShop.Ended run(String... args) {
    return shop.run(bucket(), new StopSignal(), args);
  }

  private static ObjectKey key(String snapshot) {
    return new ObjectKey("shop/catalog/" + snapshot + ".json");
  }

  private static CatalogueEntry entry(String snapshot) throws IOException {
    try (ObjectContent content = store.get(key(snapshot)).orElseThrow()) {
      return CatalogueEntry.read(snapshot, content.readAllBytes());
    }
  }

  private static List<String> keys() {
    try (Stream<StoredObject> found = store.list("")) {
      return found.map(object -> object.key().value()).toList();
    }
  }

  private static void assertInCatalogue(ProtectedShop.Ended ended) throws IOException {
    assertThat(ended.exit()).as(ended.err()).isZero();
    GenericKubernetesResource snapshot = shop.snapshot(ended.snapshotName()).orElseThrow();
    assertThat(entry(ended.snapshotName()).snapshot().uid())
        .isEqualTo(snapshot.getMetadata().getUid());
  }

  @Test
  void hasAllThatARestoreNeedsWhenNothingIsLeftOfTheCluster() throws Exception {
    String state = shop.ask("SELECT @@gtid_binlog_state");

    ProtectedShop.Ended ended = run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.reason()).isEqualTo("snapshot-consistent");
    GenericKubernetesResource snapshot = shop.snapshot(ended.snapshotName()).orElseThrow();
    CatalogueEntry entry = entry(ended.snapshotName());
    assertThat(entry.instance()).isEqualTo("shop");
    assertThat(entry.snapshot().className()).isEqualTo("sandbox");
    assertThat(entry.snapshot().creationTime())
        .isEqualTo(snapshot.<String>get("status", "creationTime"));
    assertThat(entry.snapshot().restoreSize()).contains(1L << 30);
    assertThat(entry.content().driver()).isNotEmpty();
    assertThat(entry.content().handle()).startsWith("snap-");
    assertThat(entry.claim().name()).isEqualTo("data-mariadb-0");
    assertThat(entry.claim().capacity()).isEqualTo(1L << 30);
    assertThat(entry.state().label()).isEqualTo("consistent");
    assertThat(entry.againstRecovery()).isEmpty();
    assertThat(entry.binlogPosition().orElseThrow()).hasToString(ended.position("gtid_binlog_pos"));
    assertThat(entry.binlogState().orElseThrow()).hasToString(state);
    assertThat(entry.place().orElseThrow().log()).hasToString(ended.position("binlog_file"));
    assertThat(entry.annotations())
        .containsKeys(SnapshotKeys.SERVER_VERSION, SnapshotKeys.SERVER_IMAGE);
    assertThat(
            JsonMapper.shared()
                .readTree(entry.annotations().get(SnapshotKeys.SERVER_SETTINGS))
                .path("log_bin_basename")
                .asString())
        .endsWith("mysql-bin");
    assertThat(entry.annotations().get(SnapshotKeys.SERVER_SETTINGS))
        .contains("\"encryption_plugin\":\"\"", "\"file_key_management_filekey\":\"\"");
    assertThat(JsonMapper.shared().readTree(entry.annotations().get(SnapshotKeys.SOURCE_POD)))
        .isNotNull();
  }

  @Test
  void asksNothingOfTheBucketBeforeCommitsGoOnAndTheLeaseIsGivenBack() throws Exception {
    List<String> held = new ArrayList<>();
    s3.faults()
        .add(
            Hook.before(
                    ".*",
                    "",
                    () -> {
                      try {
                        held.addAll(shop.leaseHolders());
                        if (!shop.isUnlocked()) {
                          held.add("the backup stage");
                        }
                      } catch (SQLException e) {
                        throw new IllegalStateException(e);
                      }
                    })
                .always());
    s3.forgetRequests();

    ProtectedShop.Ended ended = run("--volume-snapshot-class", "late");

    assertInCatalogue(ended);
    assertThat(held).isEmpty();
    Instant released =
        Instant.parse(
            shop.snapshot(ended.snapshotName())
                .orElseThrow()
                .getMetadata()
                .getAnnotations()
                .get(SnapshotKeys.RELEASED_AT));
    assertThat(s3.requests())
        .isNotEmpty()
        .allSatisfy(request -> assertThat(request.at()).isAfter(released));
  }

  @Test
  void waitsForASlowBucketWithoutHoldingAnythingForIt() throws Exception {
    s3.faults().add(S3FaultRule.delay(".*", "", Duration.ofSeconds(3)).always());

    ProtectedShop.Ended ended = run();

    assertInCatalogue(ended);
    assertThat(ended.phase("catalogue")).isGreaterThan(5.9);
    assertThat(ended.phase("hold")).isLessThan(3.0);
  }

  @Test
  void keepsItsSnapshotWhenTheBucketIsDownAndWritesTheEntryInTheNextRun() throws Exception {
    s3.stop();
    ProtectedShop.Ended without;
    try {
      without = run();
    } finally {
      s3.restart();
    }

    assertThat(without.exit()).as(without.err()).isEqualTo(4);
    assertThat(without.reason()).isEqualTo("catalogue-missing");
    assertThat(without.verdict()).isEqualTo("consistent");
    assertThat(without.message()).contains("is consistent at GTID").contains("catalogue lacks it");
    assertThat(without.nextStep()).endsWith("the next run writes it again");
    assertThat(without.phase("hold")).isLessThan(3.0);

    s3.forgetRequests();

    ProtectedShop.Ended next = run();

    assertInCatalogue(next);
    assertThat(entry(without.snapshotName()).snapshot().name()).isEqualTo(without.snapshotName());
    assertThat(s3.requests())
        .filteredOn(request -> request.operation() == S3Operation.LIST_OBJECTS)
        .hasSize(1);
  }

  @Test
  void writesWhatAKilledRunCouldNot() throws Exception {
    CompletableFuture<JobProcess> job = new CompletableFuture<>();
    Map<String, String> environment = new HashMap<>(bucket());
    environment.put("AWS_ACCESS_KEY_ID", s3.accessKey());
    environment.put("AWS_SECRET_ACCESS_KEY", s3.secretKey());
    List<String> before = keys();
    s3.faults()
        .add(
            Hook.before(
                "ListObjects", "", () -> job.orTimeout(30, TimeUnit.SECONDS).join().kill()));

    job.complete(shop.start(environment));
    int exit = job.join().awaitExit(Duration.ofMinutes(2));

    assertThat(exit).as(job.join().stderr()).isEqualTo(137);
    assertThat(keys()).isEqualTo(before);

    ProtectedShop.Ended next = run();

    assertInCatalogue(next);
    assertThat(keys()).hasSize(before.size() + 2);
  }

  @Test
  void finishesTheEntryOfAnEarlierPodOfItsSlot() throws Exception {
    Instant slot = Instant.parse("2026-11-22T02:00:00Z");
    shop.createJob("of-the-slot", slot);
    s3.faults().add(S3FaultRule.answer("PutObject", "/catalog/", 403, "AccessDenied").times(2));
    ProtectedShop.Ended first = run("--job-name", "of-the-slot");

    ProtectedShop.Ended second = run("--job-name", "of-the-slot");
    s3.faults().clear();
    ProtectedShop.Ended third = run("--job-name", "of-the-slot");
    ProtectedShop.Ended fourth = run("--job-name", "of-the-slot");

    assertThat(first.reason()).as(first.err()).isEqualTo("catalogue-missing");
    assertThat(first.message()).contains("AccessDenied");
    assertThat(first.nextStep()).contains("s3:PutObject");
    assertThat(second.reason()).isEqualTo("catalogue-missing");
    assertInCatalogue(third);
    assertInCatalogue(fourth);
    assertThat(fourth.snapshotName()).isEqualTo(first.snapshotName());
  }

  @Test
  void endsAtOnceWhenItIsStoppedWhileTheBucketDoesNotAnswer() throws Exception {
    StopSignal stop = new StopSignal();
    s3.faults().add(Hook.before("ListObjects", "", () -> stop.request(StopSignal.Cause.SIGNAL)));
    s3.faults().add(S3FaultRule.delay("ListObjects", "", Duration.ofSeconds(40)));
    List<String> before = shop.snapshots().stream().map(s -> s.getMetadata().getName()).toList();

    ProtectedShop.Ended ended = shop.run(bucket(), stop);
    s3.faults().clear();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(143);
    assertThat(ended.phase("catalogue")).isLessThan(20);
    String stopped =
        shop.snapshots().stream()
            .map(snapshot -> snapshot.getMetadata().getName())
            .filter(name -> !before.contains(name))
            .findFirst()
            .orElseThrow();
    assertInCatalogue(run());
    assertThat(entry(stopped).state().label()).isEqualTo("consistent");
  }

  @Test
  void keepsItsSnapshotWhenTheApiDoesNotTellWhatAnEntryNeeds() throws Exception {
    s3.faults()
        .add(
            Hook.before(
                "ListObjects",
                "",
                () ->
                    shop.sandbox
                        .faults()
                        .add(FaultRule.answer("GET", "/volumesnapshotcontents/", 403).always())));

    ProtectedShop.Ended ended = run();
    shop.sandbox.faults().clear();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.reason()).isEqualTo("catalogue-missing");
    assertThat(ended.message()).contains("VolumeSnapshotContent");
    assertInCatalogue(run());
    assertThat(entry(ended.snapshotName())).isNotNull();
  }

  /// No Secret is there, and no role: the pod starts all the same.
  @Test
  void keepsItsSnapshotWithoutCredentials() {
    Map<String, String> environment = new HashMap<>(bucket());
    // Else it would ask the machine that the test runs on.
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    JobProcess job = shop.start(environment);

    assertThat(job.awaitExit(Duration.ofMinutes(2))).as(job.stderr()).isEqualTo(4);
    assertThat(job.terminationMessage())
        .contains("catalogue-missing")
        .contains("AWS_ACCESS_KEY_ID");
  }

  @Test
  void outlastsABusyStoreAndALostAnswer() throws Exception {
    s3.faults().add(S3FaultRule.slowDown("ListObjects", "").times(2));
    s3.faults().add(S3FaultRule.slowDown("PutObject", "/catalog/").times(2));
    s3.faults().add(S3FaultRule.loseAnswer("PutObject", "/catalog/"));

    assertInCatalogue(run());
  }

  @Test
  void findsInTheNextRunWhatItHadWrittenWithoutLearningOfIt() throws Exception {
    s3.faults().add(S3FaultRule.lieAfterwards("PutObject", "/catalog/", 412, "PreconditionFailed"));
    s3.faults().add(S3FaultRule.slowDown("HeadObject", "/catalog/").always());

    ProtectedShop.Ended unknown = run();
    s3.faults().clear();

    assertThat(unknown.reason()).as(unknown.err()).isEqualTo("catalogue-missing");
    CatalogueEntry written = entry(unknown.snapshotName());
    assertInCatalogue(run());
    assertThat(entry(unknown.snapshotName())).isEqualTo(written);
  }

  /// Another writer was there between the listing and the write, so the store says 412.
  @Test
  void goesByTheUidOfWhatCameMeanwhile() throws Exception {
    CatalogueEntry entry = entry(run().snapshotName());
    store.delete(key(entry.snapshot().name()));
    CatalogueBucket listedBefore =
        CatalogueBucket.list(store, "shop", new LockTerm(0, ObjectLock.Mode.GOVERNANCE));
    store.putIfAbsent(key(entry.snapshot().name()), entry.json(), WriteOptions.JSON);

    assertThat(listedBefore.write(at(entry, entry.snapshot().uid())))
        .isEqualTo(new CatalogueBucket.Written.Standing(key(entry.snapshot().name()).value()));
    assertThat(listedBefore.write(at(entry, "another")))
        .isInstanceOf(CatalogueBucket.Written.Conflict.class);
    assertThat(entry(entry.snapshot().name())).isEqualTo(entry);
  }

  /// Written a minute later, of a snapshot with this uid.
  private static CatalogueEntry at(CatalogueEntry entry, String uid) {
    CatalogueEntry.Snapshot snapshot = entry.snapshot();
    return new CatalogueEntry(
        entry.instance(),
        new CatalogueEntry.Snapshot(
            snapshot.namespace(),
            snapshot.name(),
            uid,
            snapshot.className(),
            snapshot.creationTime(),
            snapshot.restoreSize()),
        entry.content(),
        entry.claim(),
        entry.labels(),
        entry.annotations(),
        entry.recordedAt().plusSeconds(60));
  }

  @Test
  void leavesWhatIsThereOfAnotherSnapshotOfItsName() throws Exception {
    Instant slot = Instant.parse("2026-11-22T03:00:00Z");
    shop.createJob("taken", slot);
    ProtectedShop.Ended first = run("--job-name", "taken");
    String name = first.snapshotName();
    CatalogueEntry entry = entry(name);
    shop.deleteSnapshot(name);
    shop.awaitGone(name);

    ProtectedShop.Ended second = run("--job-name", "taken");

    assertThat(second.snapshotName()).isEqualTo(name);
    assertThat(second.exit()).as(second.err()).isEqualTo(4);
    assertThat(second.reason()).isEqualTo("catalogue-conflict");
    assertThat(second.message()).contains(entry.snapshot().uid());
    assertThat(entry(name)).isEqualTo(entry);
    assertThat(s3.requests())
        .filteredOn(request -> request.operation() == S3Operation.PUT_OBJECT)
        .filteredOn(request -> request.path().contains(name))
        .as("not even tried: a store may ignore the condition")
        .hasSize(1);
  }

  @Test
  void tellsWhenWhatIsThereIsNoEntry() throws Exception {
    Instant slot = Instant.parse("2026-11-22T04:00:00Z");
    shop.createJob("damaged", slot);
    store.putIfAbsent(
        key("shop-20261122-040000"), "{\"format\": 1,".getBytes(UTF_8), WriteOptions.JSON);

    ProtectedShop.Ended ended = run("--job-name", "damaged");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.reason()).isEqualTo("catalogue-conflict");
    assertThat(ended.message()).contains("shop/catalog/shop-20261122-040000.json");
  }

  @Test
  void doesNotTakeACutOffAnswerForAnEntry() throws Exception {
    Instant slot = Instant.parse("2026-11-22T05:00:00Z");
    shop.createJob("truncated", slot);
    run("--job-name", "truncated");
    s3.faults().add(S3FaultRule.truncate("GetObject", "/catalog/", 100).always());

    ProtectedShop.Ended ended = run("--job-name", "truncated");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.reason()).isEqualTo("catalogue-missing");
  }

  @Test
  void writesNoEntryOfWhatIsNotReady() throws Exception {
    List<String> before = keys();

    ProtectedShop.Ended ended =
        run("--volume-snapshot-class", "never-ready", "--ready-timeout", "1s");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.reason()).isEqualTo("ready-deadline");
    assertThat(keys()).isEqualTo(before);
    shop.deleteSnapshot(ended.snapshotName());
  }

  @Test
  void saysOnceThatThereIsNoBucketAndNothingElse() {
    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.err().lines().filter(line -> line.contains("no S3_BUCKET"))).hasSize(1);
    assertThat(ended.outcome().path("warnings").values()).isEmpty();
    assertThat(s3.requests()).isEmpty();
  }

  @Test
  void tellsAllThatIsWrongWithTheBucketAtOnceAndTouchesNothing() {
    ProtectedShop.Ended ended =
        shop.run(
            Map.of("S3_BUCKET", "archive", "S3_ENDPOINT", "store:9000", "LOCK_DAYS", "-1"),
            new StopSignal(),
            "--max-hold",
            "10m");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.message())
        .contains("--s3-endpoint (S3_ENDPOINT): 'store:9000' is not an address; allowed: http")
        .contains("--lock-days (LOCK_DAYS): is -1; allowed: 0 (no lock) to 36500")
        .contains("--max-hold");
  }

  @Test
  void showsInADryRunWhereTheEntryWouldGo() {
    assertThat(run("--dry-run").out())
        .contains("catalogue")
        .contains("s3://sandbox-bucket/backups/shop/catalog/");
    assertThat(shop.run("--dry-run").out()).contains("none, for S3_BUCKET is not set");
    assertThat(s3.requests()).isEmpty();
  }

  /// The sandbox's store has no Object Lock, so this sees what it would be asked.
  @Test
  void locksTheEntryForAsLongAsItWasTold() throws Exception {
    CatalogueEntry entry = entry(run().snapshotName());
    List<WriteOptions> options = new ArrayList<>();
    ObjectStore asked =
        (ObjectStore)
            Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(),
                new Class<?>[] {ObjectStore.class},
                (_, method, args) -> {
                  if (method.getName().equals("putIfAbsent")) {
                    options.add((WriteOptions) args[2]);
                    args[2] = WriteOptions.JSON;
                  }
                  return method.invoke(store, args);
                });
    store.delete(key(entry.snapshot().name()));

    CatalogueBucket.list(asked, "shop", new LockTerm(30, ObjectLock.Mode.COMPLIANCE)).write(entry);

    assertThat(options)
        .containsExactly(
            WriteOptions.JSON.lockedBy(
                new ObjectLock(
                    ObjectLock.Mode.COMPLIANCE, entry.recordedAt().plus(Duration.ofDays(30)))));
  }
}
