package dev.snapshotjobs.common.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Operation;
import dev.snapshotjobs.sandbox.S3Server;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The sandbox's store, which fails when it is told to.
class S3ObjectStoreTest extends ObjectStoreContract {

  private final S3Fixture fixture = new S3Fixture();
  private final S3ObjectStore store = fixture.store;

  @AfterEach
  void eachFaultHasHit() {
    boolean used = fixture.server.faults().isEmpty();
    fixture.server.faults().clear();
    assertThat(used).isTrue();
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  @Override
  protected BucketAccess access() {
    return new BucketAccess(
        fixture.server.endpoint(),
        S3Server.BUCKET,
        fixture.server.accessKey(),
        fixture.server.secretKey());
  }

  @Override
  protected S3ObjectStore store() {
    return store;
  }

  @Test
  void writesBelowItsPrefix() {
    put("below/x", "x");

    assertThat(fixture.server.requests().getLast().path())
        .startsWith("/" + S3Server.BUCKET + "/backups/mariadb/below/x");
  }

  @Test
  void writesBelowAPrefixOfAnyLetters() {
    S3Settings odd =
        new S3Settings(
            S3Server.BUCKET,
            "für die/a+b & c.d",
            Optional.of(fixture.server.endpoint()),
            Optional.empty(),
            true,
            S3Server.REGION,
            SseMode.NONE,
            Optional.empty(),
            ChecksumMode.WHEN_SUPPORTED);
    try (S3ObjectStore other = fixture.connect(odd, S3Fixture.LIMITS)) {
      other.putIfAbsent(key("x y.z"), bytes("x"), WriteOptions.JSON);

      assertThat(other.head(key("x y.z"))).isPresent();
      assertThat(other.list("").map(StoredObject::key)).containsExactly(key("x y.z"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9})
  void noticesThatADownloadWasCutOff(int after) throws IOException {
    put("cut-off-" + after, "0123456789");
    fixture.server.faults().add(S3FaultRule.truncate("GetObject", "cut-off", after));

    try (ObjectContent content = store.get(key("cut-off-" + after)).orElseThrow()) {
      assertThatThrownBy(content::readAllBytes)
          .isInstanceOfSatisfying(
              ObjectStoreFailure.class,
              failure -> {
                assertThat(failure.reason()).isEqualTo(ObjectStoreReason.CUT_OFF);
                assertThat(failure.isTransient()).isTrue();
              })
          .hasMessageContaining("got " + after + " of 10 bytes");
    }
  }

  @ParameterizedTest
  @EnumSource
  void hasTheStoreRefuseWhatWasDamagedOnItsWay(ChecksumMode checksums) throws IOException {
    String key = "damaged-" + checksums;
    fixture.server.faults().add(S3FaultRule.corrupt("PutObject", "damaged").times(4));
    try (S3ObjectStore checked = access().connect(SseMode.NONE, checksums)) {
      assertThatThrownBy(() -> checked.putIfAbsent(key(key), bytes("abcdef"), WriteOptions.JSON))
          .isInstanceOf(ObjectStoreFailure.class);
      fixture.server.faults().clear();
      assertThat(checked.head(key(key))).isEmpty();

      checked.putIfAbsent(key(key), bytes("abcdef"), WriteOptions.JSON);
    }
    assertThat(read(key)).isEqualTo(bytes("abcdef"));
  }

  @Test
  void asksForAPageWhenItIsNeeded() {
    IntStream.range(0, 1100).parallel().forEach(i -> put("paged/%05d".formatted(i), ""));
    fixture.server.forgetRequests();

    assertThat(store.list("paged/").limit(10)).hasSize(10);
    assertThat(fixture.server.count(S3Operation.LIST_OBJECTS)).isEqualTo(1);

    assertThat(store.list("paged/")).hasSize(1100);
    assertThat(fixture.server.count(S3Operation.LIST_OBJECTS)).isEqualTo(3);
  }

  @Test
  void asksOnceForEachThing() {
    fixture.server.forgetRequests();
    put("counted", "x");
    store.head(key("counted"));
    put("counted", "x");

    assertThat(fixture.server.requests())
        .extracting(request -> request.operation())
        .containsExactly(
            S3Operation.PUT_OBJECT,
            S3Operation.HEAD_OBJECT,
            S3Operation.PUT_OBJECT,
            S3Operation.HEAD_OBJECT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a/", "a//b", "../a", "a/./b", "a\nb"})
  void refusesKeysThatMeanSomethingElseSomewhere(String value) {
    assertThatThrownBy(() -> new ObjectKey(value)).isInstanceOf(IllegalArgumentException.class);
  }
}
