package dev.snapshotjobs.common.objects;

import static dev.snapshotjobs.common.objects.S3Fixture.MIB;
import static dev.snapshotjobs.common.objects.S3Fixture.bytes;
import static dev.snapshotjobs.common.objects.S3Fixture.key;
import static dev.snapshotjobs.common.objects.S3Fixture.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Operation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Whether a write was ours, when the store has carried it out and we were not told.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3LostAnswersTest {

  private final S3Fixture fixture = new S3Fixture();
  private final S3ObjectStore store = fixture.store;

  @AfterEach
  void nothingIsLeft() {
    boolean used = fixture.server.faults().isEmpty();
    fixture.server.faults().clear();
    assertThat(used).as("each fault has hit").isTrue();
    assertThat(fixture.openUploads()).isZero();
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  @Test
  void knowsItsOwnPutWhoseAnswerWasLost() {
    fixture.server.faults().add(S3FaultRule.loseAnswer("PutObject", "/lost"));
    fixture.server.forgetRequests();

    assertThat(store.putIfAbsent(key("lost"), bytes("x"), WriteOptions.JSON))
        .isInstanceOf(WriteResult.Created.class);
    assertThat(fixture.server.count(S3Operation.PUT_OBJECT)).isEqualTo(2);
  }

  @Test
  void knowsItsOwnPutAfterAServerError() {
    fixture
        .server
        .faults()
        .add(S3FaultRule.lieAfterwards("PutObject", "/lied", 500, "InternalError").times(2));

    assertThat(store.putIfAbsent(key("lied"), bytes("x"), WriteOptions.JSON))
        .isInstanceOf(WriteResult.Created.class);
  }

  /// The same content is no proof of the same writer.
  @Test
  void knowsAnothersPutOfTheSameContentInBetween() {
    fixture.server.faults().add(S3FaultRule.drop("PutObject", "/between"));
    fixture
        .server
        .faults()
        .add(Hook.before("PutObject", "/between", () -> putByAnother("between", "x")));

    assertThat(store.putIfAbsent(key("between"), bytes("x"), WriteOptions.JSON))
        .isInstanceOf(WriteResult.Exists.class);
  }

  private void putByAnother(String key, String content) {
    try (S3ObjectStore other = fixture.connect(fixture.settings(), S3Fixture.LIMITS)) {
      other.putIfAbsent(key(key), bytes(content), WriteOptions.JSON);
    }
  }

  @Test
  void comesAgainWhenTheStoreAsksItTo() {
    fixture
        .server
        .faults()
        .add(S3FaultRule.answer("PutObject", "/asked", 409, "ConditionalRequestConflict"));

    assertThat(store.putIfAbsent(key("asked"), bytes("x"), WriteOptions.JSON))
        .isInstanceOf(WriteResult.Created.class);
  }

  @Test
  void saysSoWhenTheKeyIsTakenAndFreeAgain() {
    fixture
        .server
        .faults()
        .add(S3FaultRule.answer("PutObject", "/flicker", 412, "PreconditionFailed"));

    assertThatThrownBy(() -> store.putIfAbsent(key("flicker"), bytes("x"), WriteOptions.JSON))
        .isInstanceOfSatisfying(
            ObjectStoreFailure.class, failure -> assertThat(failure.isTransient()).isTrue())
        .hasMessageContaining("finds nothing there");
  }

  @Test
  void knowsItsOwnUploadWhoseCompletionWasLost() {
    fixture.server.faults().add(S3FaultRule.loseAnswer("CompleteMultipartUpload", "/upload"));

    assertThat(uploadTo("upload")).isInstanceOf(WriteResult.Created.class);
  }

  /// Stores differ in what they answer to a completion of what is complete.
  @Test
  void knowsItsOwnUploadWhenTheRepeatedCompletionIsRefused() {
    fixture.server.faults().add(S3FaultRule.loseAnswer("CompleteMultipartUpload", "/refused-412"));
    fixture
        .server
        .faults()
        .add(
            S3FaultRule.answer(
                "CompleteMultipartUpload", "/refused-412", 412, "PreconditionFailed"));
    assertThat(uploadTo("refused-412")).isInstanceOf(WriteResult.Created.class);

    fixture.server.faults().add(S3FaultRule.loseAnswer("CompleteMultipartUpload", "/refused-404"));
    fixture
        .server
        .faults()
        .add(S3FaultRule.answer("CompleteMultipartUpload", "/refused-404", 404, "NoSuchUpload"));
    assertThat(uploadTo("refused-404")).isInstanceOf(WriteResult.Created.class);
  }

  @Test
  void knowsAnothersObjectAtItsCompletion() {
    fixture
        .server
        .faults()
        .add(
            Hook.before("CompleteMultipartUpload", "/taken", () -> putByAnother("taken", "other")));

    assertThat(uploadTo("taken"))
        .isInstanceOfSatisfying(
            WriteResult.Exists.class,
            exists -> assertThat(exists.found().size()).isEqualTo("other".length()));
  }

  private WriteResult uploadTo(String key) {
    try (ObjectUpload upload = store.upload(key(key), WriteOptions.BINARY)) {
      upload.write(noise(6 * MIB, 1));
      return upload.complete();
    }
  }
}
