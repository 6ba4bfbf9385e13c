package dev.snapshotjobs.common.objects;

import static dev.snapshotjobs.common.objects.S3Fixture.bytes;
import static dev.snapshotjobs.common.objects.S3Fixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.snapshotjobs.common.config.CertificateAuthorities;
import dev.snapshotjobs.common.config.CertificateFileConverter;
import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.sandbox.S3Server;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// A store whose certificate comes from an authority that Java does not know, as inside of
/// companies.
class S3TlsTest {
  @AutoClose private final S3Server server = S3Server.startWithTls();

  private S3ObjectStore connect(Optional<CertificateAuthorities> authorities) {
    S3Settings settings =
        new S3Settings(
            S3Server.BUCKET,
            "backups",
            Optional.of(server.endpoint()),
            authorities,
            true,
            S3Server.REGION,
            SseMode.NONE,
            Optional.empty(),
            ChecksumMode.WHEN_SUPPORTED);
    return S3ObjectStore.connect(
        settings, S3Fixture.LIMITS, S3Fixture.credentials(server.accessKey(), server.secretKey()));
  }

  @Test
  void isTrustedByTheAuthoritiesThatAreNamed() {
    CertificateAuthorities own =
        new CertificateFileConverter().convert(server.certificate().toString());
    try (S3ObjectStore store = connect(Optional.of(own))) {
      store.putIfAbsent(key("private"), bytes("x"), WriteOptions.JSON);

      assertThat(store.head(key("private"))).isPresent();
    }
  }

  @Test
  void isNotTrustedOtherwiseAndSaysWhatToSet() {
    try (S3ObjectStore store = connect(Optional.empty())) {
      ObjectStoreFailure failure =
          catchThrowableOfType(ObjectStoreFailure.class, () -> store.head(key("private")));

      assertThat(failure.reason()).isEqualTo(ObjectStoreReason.NO_ANSWER);
      assertThat(failure).hasMessageContaining("SSLHandshakeException");
      assertThat(failure.nextStep()).contains("S3_CA_FILE");
    }
  }
}
