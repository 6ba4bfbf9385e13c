package dev.snapshotjobs.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

  private static final Map<String, String> ENOUGH =
      Map.of("INSTANCE", "shop-db", "MARIADB_USER", "jobs");

  @TempDir Path directory = Path.of("");

  private SampleCommand command = new SampleCommand();

  private Configuration read(Map<String, String> env, String... args) {
    command = new SampleCommand();
    return Configuration.read(command, args, new Environment(env));
  }

  private Configuration readWith(Map<String, String> more, String... args) {
    Map<String, String> env = new HashMap<>(ENOUGH);
    env.putAll(more);
    return read(env, args);
  }

  private static List<String> lines(Configuration configuration) {
    return configuration.problems().all().stream().map(Problems.Problem::toString).toList();
  }

  @Test
  void takesTheOptionBeforeTheVariableBeforeTheDefault() {
    assertThat(lines(readWith(Map.of("MAX_HOLD", "40s"), "--max-hold", "50s"))).isEmpty();
    assertThat(command.maxHold).isEqualTo(Duration.ofSeconds(50));
    assertThat(lines(readWith(Map.of("MAX_HOLD", "40s")))).isEmpty();
    assertThat(command.maxHold).isEqualTo(Duration.ofSeconds(40));
    assertThat(lines(readWith(Map.of()))).isEmpty();
    assertThat(command.maxHold).isEqualTo(Duration.ofSeconds(30));
    assertThat(command.chunkSize).hasToString("8Mi");
    assertThat(command.mariaDb.port()).isEqualTo(3306);
  }

  @Test
  void countsAnEmptyVariableAsUnset() {
    assertThat(lines(readWith(Map.of("MAX_HOLD", "", "MARIADB_TLS", "")))).isEmpty();
    assertThat(command.maxHold).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void tellsAllProblemsAtOnce() {
    Map<String, String> env =
        Map.of(
            "INSTANCE", "shop-db", "CHUNK_SIZE", "huge", "MARIADB_TLS", "yes", "RETENTOIN", "7d");
    assertThat(lines(read(env, "--max-hold", "abc", "--max-hodl=1s", "--deadline")))
        .containsExactlyInAnyOrder(
            "--max-hold (MAX_HOLD): 'abc' is not a duration;"
                + " allowed: 90s, 15m, 6h, 7d or ISO-8601 such as PT15M",
            "arguments: unknown option --max-hodl, did you mean --max-hold?",
            "--deadline (DEADLINE): has no value;"
                + " allowed: 90s, 15m, 6h, 7d or ISO-8601 such as PT15M",
            "--chunk-size (CHUNK_SIZE): 'huge' is not a size;"
                + " allowed: a Kubernetes quantity such as 10Gi, 500M or 0.5Gi",
            "--mariadb-tls (MARIADB_TLS): 'yes' is not one of the choices;"
                + " allowed: preferred, disabled, required, verify-full",
            "--mariadb-user (MARIADB_USER): is required, but not set; allowed: text",
            "RETENTOIN: is no setting, but resembles RETENTION; allowed: RETENTION");
  }

  @Test
  void tellsTheRestWhenTheLastArgumentIsWrong() {
    assertThat(lines(read(Map.of("CHUNK_SIZE", "huge"), "--instance", "shop-db", "--to", "now")))
        .hasSize(3)
        .anyMatch(line -> line.startsWith("--to: 'now' is not an instant"))
        .anyMatch(line -> line.startsWith("--chunk-size"))
        .anyMatch(line -> line.startsWith("--mariadb-user"));
  }

  @Test
  void checksTheRulesBetweenSettingsWhenEachIsRight() {
    assertThat(lines(readWith(Map.of("MAX_HOLD", "1h", "MARIADB_CA_FILE", "/nowhere/ca.pem"))))
        .containsExactly(
            "--mariadb-ca-file (MARIADB_CA_FILE): '/nowhere/ca.pem' cannot be read;"
                + " allowed: a file in PEM form",
            "--max-hold (MAX_HOLD): 'PT1H' is longer than --deadline");
  }

  @Test
  void tellsAnOptionThatIsGivenTwiceAndAWordThatIsNone() {
    assertThat(lines(readWith(Map.of(), "--max-hold", "1s", "--max-hold", "2s", "now")))
        .containsExactlyInAnyOrder(
            "--max-hold (MAX_HOLD): is given more than once",
            "arguments: 'now' is not expected; allowed: options only, see --help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void switchesAFlagOnWhateverTheVariableSays(String variable) {
    assertThat(lines(readWith(Map.of("DRY_RUN", variable), "--dry-run"))).isEmpty();
    assertThat(command.common.dryRun()).isTrue();
  }

  @Test
  void readsFlagsFromVariables() {
    assertThat(lines(readWith(Map.of("DRY_RUN", "true")))).isEmpty();
    assertThat(command.common.dryRun()).isTrue();
    assertThat(lines(readWith(Map.of("DRY_RUN", "yes"))))
        .containsExactly(
            "--dry-run (DRY_RUN): 'yes' is not one of the choices; allowed: true, false");
    assertThat(lines(readWith(Map.of("DRY_RUN", "true"), "--dry-run=false"))).isEmpty();
    assertThat(command.common.dryRun()).isFalse();
    assertThat(lines(readWith(Map.of(), "--dry-run=no"))).hasSize(1);
  }

  @Test
  void readsListsFromVariables() {
    assertThat(lines(readWith(Map.of("SCHEMAS", "shop,crm")))).isEmpty();
    assertThat(command.schemas).containsExactly("shop", "crm");
  }

  @Test
  void takesValuesAsTheyAre() throws IOException {
    Path file = Files.writeString(directory.resolve("args"), "--dry-run");
    String host = "${sys:user.home}@" + file;
    assertThat(lines(readWith(Map.of("MARIADB_HOST", host)))).isEmpty();
    assertThat(command.mariaDb.host()).contains(host);
    assertThat(lines(readWith(Map.of(), "@" + file))).singleElement().asString().contains("@");
  }

  @Test
  void leavesArgumentOnlySettingsToTheArguments() {
    assertThat(lines(readWith(Map.of("TO", "2026-11-22T17:30:00Z")))).isEmpty();
    assertThat(command.to).isNull();
    assertThat(lines(readWith(Map.of(), "--to", "2026-11-22T17:30:00Z"))).isEmpty();
    assertThat(command.to).hasToString("2026-11-22T17:30:00Z");
  }

  @Test
  void ignoresWhatKubernetesInjectsForAServiceCalledMariadb() {
    Map<String, String> links =
        Map.of(
            "MARIADB_PORT", "tcp://10.0.0.1:3306",
            "MARIADB1_PORT", "tcp://10.0.0.2:3306",
            "MARIADB_PORT_3306_TCP", "tcp://10.0.0.1:3306",
            "MARIADB_SERVICE_HOST", "10.0.0.1");
    assertThat(lines(readWith(links))).isEmpty();
    assertThat(command.mariaDb.port()).isEqualTo(3306);
    assertThat(lines(readWith(Map.of("MARIADB_PORT", "3307")))).isEmpty();
    assertThat(command.mariaDb.port()).isEqualTo(3307);
  }

  @Test
  void showsTheEffectiveSettingsWithoutSecrets() {
    Configuration configuration =
        readWith(Map.of("MARIADB_PASSWORD", "hunter2"), "--max-hold", "60s", "--dry-run");
    assertThat(lines(configuration)).isEmpty();
    assertThat(configuration.effective())
        .containsEntry("INSTANCE", "shop-db")
        .containsEntry("DEADLINE", "20m")
        .containsEntry("MAX_HOLD", "1m")
        .containsEntry("DRY_RUN", "true")
        .containsEntry("MARIADB_PASSWORD_FILE", "****")
        .doesNotContainKey("MARIADB_HOST");
  }

  @Test
  void knowsWhatIsRightInSpiteOfProblems() {
    Configuration configuration = readWith(Map.of("LOG_FORMAT", "text"), "--max-hold=x");
    assertThat(configuration.accepted("--log-format")).contains("text");
    assertThat(configuration.accepted("--instance")).contains("shop-db");
    assertThat(configuration.accepted("--max-hold")).isEmpty();
    assertThat(readWith(Map.of(), "--instance", "No").accepted("--instance")).isEmpty();
  }

  @Test
  void helpNamesVariablesAndDefaults() {
    Configuration configuration = read(Map.of("MAX_HOLD", "abc"), "--help");
    assertThat(configuration.helpRequested()).isTrue();
    assertThat(configuration.usage())
        .contains("sample-job", "Does nothing.")
        .contains("--max-hold=<maxHold>  [MAX_HOLD]  default: 30s\n      Longest time to hold")
        .contains("--mariadb-password-file=<password>  [MARIADB_PASSWORD_FILE or MARIADB_PASSWORD]")
        .contains("--instance=<instance>  [INSTANCE]  required")
        .contains("--to=<to>\n")
        .doesNotContain("abc");
  }
}
