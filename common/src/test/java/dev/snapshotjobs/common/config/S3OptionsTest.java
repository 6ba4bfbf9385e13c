package dev.snapshotjobs.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.sandbox.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class S3OptionsTest {

  @Command
  static final class WithBucket {
    @Mixin final S3Options s3 = new S3Options();
  }

  private WithBucket command = new WithBucket();

  private List<String> problems(Map<String, String> env) {
    command = new WithBucket();
    return Configuration.read(command, new String[0], new Environment(env))
        .problems()
        .all()
        .stream()
        .map(Problems.Problem::toString)
        .toList();
  }

  private List<String> problemsWith(String name, String value) {
    Map<String, String> env =
        new HashMap<>(Map.of("S3_BUCKET", "archive", "AWS_REGION", "eu-central-1"));
    env.put(name, value);
    return problems(env);
  }

  @Test
  void needsABucketAndARegion() {
    assertThat(problems(Map.of("S3_BUCKET", "archive", "AWS_REGION", "eu-central-1"))).isEmpty();
    assertThat(command.s3.region()).isEqualTo("eu-central-1");
    assertThat(command.s3.sse()).isEqualTo(SseMode.NONE);
    assertThat(command.s3.checksums()).isEqualTo(ChecksumMode.WHEN_SUPPORTED);
    assertThat(problems(Map.of("S3_BUCKET", "archive")))
        .containsExactly(
            "--aws-region (AWS_REGION): is required without --s3-endpoint, but not set;"
                + " allowed: a region such as eu-central-1");
  }

  @Test
  void needsNoRegionWithAnEndpoint() {
    assertThat(problems(Map.of("S3_BUCKET", "archive", "S3_ENDPOINT", "http://store:9000")))
        .isEmpty();
    assertThat(command.s3.region()).isEqualTo("us-east-1");
    assertThat(command.s3.endpoint()).contains(URI.create("http://store:9000"));
  }

  @Test
  void tellsAllProblemsAtOnce() {
    assertThat(
            problems(
                Map.of(
                    "S3_BUCKET", "My_Bucket",
                    "S3_PREFIX", "a/../b",
                    "S3_SSE", "aes",
                    "S3_CHECKSUMS", "never",
                    "S3_PATH_STYLE", "yes")))
        .containsExactlyInAnyOrder(
            "--s3-bucket (S3_BUCKET): 'My_Bucket' is not the name of a bucket;"
                + " allowed: the name of a bucket: 3 to 63 lower case letters, digits, '-' and"
                + " '.'",
            "--s3-prefix (S3_PREFIX): 'a/../b' has the segment '..'; allowed: segments with '/'"
                + " between them, such as backups/mariadb; no '.', '..' or empty segment",
            "--s3-sse (S3_SSE): 'aes' is not one of the choices; allowed: none, s3, kms",
            "--s3-checksums (S3_CHECKSUMS): 'never' is not one of the choices;"
                + " allowed: when-supported, when-required",
            "--s3-path-style (S3_PATH_STYLE): 'yes' is not one of the choices;"
                + " allowed: true, false");
  }

  @ParameterizedTest
  @CsvSource({"backups, backups", "/backups/mariadb/, backups/mariadb", "a b/ü, a b/ü"})
  void normalisesThePrefix(String given, String used) {
    assertThat(problemsWith("S3_PREFIX", given)).isEmpty();
    assertThat(command.s3.prefix()).isEqualTo(used);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "//", "a//b", "a/./b", "..", "a/ /b", "a\tb"})
  void refusesAPrefixThatMeansSomethingElseSomewhere(String prefix) {
    assertThat(problemsWith("S3_PREFIX", prefix)).singleElement().asString().startsWith("--s3-pre");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"store:9000", "ftp://store", "http://", "https://store/bucket", "http://s?a"})
  void refusesAnEndpointThatIsNoAddress(String endpoint) {
    assertThat(problemsWith("S3_ENDPOINT", endpoint))
        .singleElement()
        .asString()
        .startsWith("--s3-endpoint (S3_ENDPOINT)");
  }

  @Test
  void doesNotRepeatASecretInTheEndpoint() {
    assertThat(problemsWith("S3_ENDPOINT", "http://user:hunter2@store"))
        .singleElement()
        .asString()
        .contains("has a user in it")
        .doesNotContain("hunter2");
  }

  @Test
  void takesAKeyOnlyForKms() {
    assertThat(problemsWith("S3_KMS_KEY_ID", "alias/backups"))
        .containsExactly(
            "--s3-kms-key-id (S3_KMS_KEY_ID): is set, but --s3-sse is none;"
                + " allowed: only with --s3-sse=kms");
  }

  @Command
  static final class WithoutBucket {
    @Mixin final OptionalS3Options s3 = new OptionalS3Options();
  }

  private static List<String> problemsWithoutBucket(Map<String, String> env) {
    return Configuration.read(new WithoutBucket(), new String[0], new Environment(env))
        .problems()
        .all()
        .stream()
        .map(Problems.Problem::toString)
        .toList();
  }

  @Test
  void needsNothingWhereABucketIsOptional() {
    assertThat(problemsWithoutBucket(Map.of())).isEmpty();
    assertThat(new WithoutBucket().s3.bucket()).isEmpty();
  }

  @Test
  void asksTheSameOfAnOptionalBucketOnceThereIsOne() {
    assertThat(problemsWithoutBucket(Map.of("S3_BUCKET", "archive")))
        .singleElement()
        .asString()
        .startsWith("--aws-region (AWS_REGION): is required");
    assertThat(problemsWithoutBucket(Map.of("S3_ENDPOINT", "store:9000")))
        .singleElement()
        .asString()
        .startsWith("--s3-endpoint (S3_ENDPOINT)");
  }

  @Test
  void readsTheAuthoritiesOfItsStore() {
    try (S3Server server = S3Server.startWithTls()) {
      assertThat(problemsWith("S3_CA_FILE", server.certificate().toString())).isEmpty();
      assertThat(command.s3.authorities().orElseThrow().certificates())
          .extracting(certificate -> certificate.getSubjectX500Principal().getName())
          .containsExactly("CN=sandbox");
    }
  }

  @Test
  void saysWhatIsWrongWithAFileOfCertificates(@TempDir Path folder) throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.pem"));
    Path wrong = Files.writeString(folder.resolve("wrong.pem"), "-----BEGIN NONSENSE-----");

    assertThat(problemsWith("S3_CA_FILE", "/nowhere/ca.pem"))
        .containsExactly(
            "--s3-ca-file (S3_CA_FILE): '/nowhere/ca.pem' cannot be read; allowed: a file with"
                + " certificates in PEM form");
    assertThat(problemsWith("S3_CA_FILE", empty.toString()))
        .singleElement()
        .asString()
        .contains("has no certificate in it");
    assertThat(problemsWith("S3_CA_FILE", wrong.toString()))
        .singleElement()
        .asString()
        .contains("has something else than certificates in it");
  }

  @Test
  void takesAuthoritiesOnlyForAStoreThatEncrypts() {
    try (S3Server server = S3Server.startWithTls()) {
      assertThat(
              problems(
                  Map.of(
                      "S3_BUCKET",
                      "archive",
                      "S3_ENDPOINT",
                      "http://store:9000",
                      "S3_CA_FILE",
                      server.certificate().toString())))
          .containsExactly(
              "--s3-ca-file (S3_CA_FILE): is set, but --s3-endpoint is not encrypted; allowed:"
                  + " only with https://");
    }
  }
}
