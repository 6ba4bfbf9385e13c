package dev.snapshotjobs.common.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Operation;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConditionalWriteProbeTest {

  private final S3Fixture fixture = new S3Fixture();
  private final S3ObjectStore store = fixture.store;

  @AfterEach
  void nothingIsLeft() {
    fixture.server.ignoreConditionsOf(Set.of());
    fixture.server.faults().clear();
    assertThat(fixture.openUploads()).isZero();
    store.list("").toList().forEach(object -> store.delete(object.key()));
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  @Test
  void findsThatTheStoreHonoursThem() {
    assertThat(store.probeConditionalWrites()).isEqualTo(new ConditionalWrites.Honoured());
    assertThat(store.list("")).isEmpty();
  }

  @Test
  void findsAStoreWhosePutOverwrites() {
    fixture.server.ignoreConditionsOf(Set.of(S3Operation.PUT_OBJECT));
    assertThat(store.probeConditionalWrites())
        .isEqualTo(new ConditionalWrites.Ignored("put overwrites"));
    assertThat(store.list("")).isEmpty();
  }

  @Test
  void findsAStoreWhoseMultipartUploadOverwrites() {
    fixture.server.ignoreConditionsOf(Set.of(S3Operation.COMPLETE_UPLOAD));
    assertThat(store.probeConditionalWrites())
        .isEqualTo(new ConditionalWrites.Ignored("completing a multipart upload overwrites"));
    assertThat(store.list("")).isEmpty();
  }

  @Test
  void findsAStoreThatDoesNotKnowTheHeader() {
    fixture.server.faults().add(S3FaultRule.answer("PutObject", "", 501, "NotImplemented"));
    assertThat(store.probeConditionalWrites())
        .isInstanceOfSatisfying(
            ConditionalWrites.Ignored.class,
            ignored -> assertThat(ignored.what()).startsWith("put is refused"));
  }

  @Test
  void leavesOneObjectForAllRunsWhereItMayNotDelete() {
    fixture.server.faults().add(S3FaultRule.answer("DeleteObject", "", 403, "AccessDenied"));
    assertThat(store.probeConditionalWrites()).isEqualTo(new ConditionalWrites.Honoured());
    long left = store.list("").count();
    fixture.server.forgetRequests();

    assertThat(store.probeConditionalWrites()).isEqualTo(new ConditionalWrites.Honoured());

    assertThat(store.list("")).hasSize((int) left);
    assertThat(fixture.server.count(S3Operation.DELETE_OBJECT)).isZero();
  }

  @Test
  void doesNotTakeAFailureForAnAnswer() {
    fixture.server.faults().add(S3FaultRule.answer("PutObject", "", 403, "AccessDenied"));
    assertThatThrownBy(store::probeConditionalWrites)
        .isInstanceOfSatisfying(
            ObjectStoreFailure.class,
            failure -> assertThat(failure.reason()).isEqualTo(ObjectStoreReason.ACCESS_DENIED));
  }
}
