package dev.snapshotjobs.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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

class SecretsTest {

  @TempDir Path directory = Path.of("");

  private SampleCommand command = new SampleCommand();

  private Configuration read(Map<String, String> more, String... args) {
    command = new SampleCommand();
    Map<String, String> env = new HashMap<>(Map.of("INSTANCE", "a", "MARIADB_USER", "jobs"));
    env.putAll(more);
    return Configuration.read(command, args, new Environment(env));
  }

  private static List<String> lines(Configuration configuration) {
    return configuration.problems().all().stream().map(Problems.Problem::toString).toList();
  }

  private String file(String content) throws IOException {
    return Files.writeString(directory.resolve("password"), content).toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "hunter2\n", "hunter2\r\n"})
  void readsASecretFromAFileWithoutItsLastNewline(String content) throws IOException {
    assertThat(lines(read(Map.of("MARIADB_PASSWORD_FILE", file(content))))).isEmpty();
    assertThat(command.mariaDb.password()).contains(Secret.of("hunter2"));
    assertThat(lines(read(Map.of(), "--mariadb-password-file=" + file(content)))).isEmpty();
    assertThat(command.mariaDb.password()).contains(Secret.of("hunter2"));
  }

  @Test
  void keepsWhatElseIsInTheFile() throws IOException {
    assertThat(lines(read(Map.of("MARIADB_PASSWORD_FILE", file(" a\nb \n\n"))))).isEmpty();
    assertThat(command.mariaDb.password()).contains(Secret.of(" a\nb \n"));
  }

  @Test
  void readsASecretFromItsVariable() {
    Configuration configuration = read(Map.of("MARIADB_PASSWORD", "hunter2"));
    assertThat(lines(configuration)).isEmpty();
    assertThat(command.mariaDb.password()).contains(Secret.of("hunter2"));
    assertThat(command.mariaDb.password().toString()).doesNotContain("hunter2");
    assertThat(configuration.masking().apply("password=hunter2!")).isEqualTo("password=****!");
  }

  @Test
  void refusesTwoSourcesOfOneSecret() throws IOException {
    assertThat(
            lines(read(Map.of("MARIADB_PASSWORD", "x", "MARIADB_PASSWORD_FILE", file("hunter2")))))
        .containsExactly(
            "--mariadb-password-file (MARIADB_PASSWORD_FILE): is set, and so is MARIADB_PASSWORD;"
                + " allowed: only one of the two");
  }

  @ParameterizedTest
  @CsvSource({"--mariadb-password=hunter2,", "--mariadb-password,hunter2"})
  void refusesAndConcealsASecretAmongTheArguments(String first, String second) {
    String[] args = second == null ? new String[] {first} : new String[] {first, second};
    Configuration configuration = read(Map.of(), args);
    assertThat(lines(configuration))
        .containsExactly(
            "--mariadb-password (MARIADB_PASSWORD): is not read from the command line, where every"
                + " process can see it; allowed: MARIADB_PASSWORD_FILE or MARIADB_PASSWORD");
    assertThat(configuration.masking().apply("hunter2")).isEqualTo("****");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-phunter2", "--pass=hunter2", "--password hunter2"})
  void neverShowsWhatFollowsAnUnknownOption(String arguments) {
    assertThat(lines(read(Map.of(), arguments.split(" "))))
        .singleElement()
        .asString()
        .contains("unknown option")
        .doesNotContain("hunter2");
  }

  @Test
  void doesNotShowASecretThatStandsWhereItsFileShould() {
    assertThat(lines(read(Map.of("MARIADB_PASSWORD_FILE", "hunter2"))))
        .singleElement()
        .asString()
        .contains("not a file that this process can read")
        .doesNotContain("hunter2");
    assertThat(lines(read(Map.of("MARIADB_PASSWORD_FILE", "/nowhere/password"))))
        .singleElement()
        .asString()
        .contains("'/nowhere/password' is not a file");
  }

  @Test
  void refusesFilesThatHoldNoSecret() throws IOException {
    assertThat(lines(read(Map.of("MARIADB_PASSWORD_FILE", file("\n")))))
        .singleElement()
        .asString()
        .contains("is empty");
    assertThat(lines(read(Map.of("MARIADB_PASSWORD_FILE", file("x".repeat(70_000))))))
        .singleElement()
        .asString()
        .contains("is larger than 64 KiB");
    assertThat(lines(read(Map.of("MARIADB_PASSWORD_FILE", directory.toString()))))
        .singleElement()
        .asString()
        .contains("is not a file");
  }

  @Test
  void masksSecretsOfOtherJobsToo() {
    Configuration configuration = read(Map.of("AWS_SECRET_ACCESS_KEY", "abc/def"));
    assertThat(configuration.masking().apply("key abc/def, abc%2Fdef")).isEqualTo("key ****, ****");
  }

  @Test
  void masksEveryFormOfASecretAndLongerOnesFirst() {
    Masking masking = new Masking();
    masking.conceal(Secret.of("pass"));
    masking.conceal(Secret.of("pass\"w\\ord\n1"));
    assertThat(masking.apply("pass\"w\\ord\n1 and {\"p\":\"pass\\\"w\\\\ord\\n1\"} and pass"))
        .isEqualTo("**** and {\"p\":\"****\"} and ****");
  }
}
