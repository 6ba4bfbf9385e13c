package dev.snapshotjobs.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NearMissesTest {

  private final NearMisses nearMisses = new NearMisses(KnownSettings.VARIABLES);

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          RETENTOIN,          RETENTION
          RETENTIONS,         RETENTION
          PITR_WINDWO,        PITR_WINDOW
          PITR_WINDW0,        PITR_WINDOW
          MARIADB_PASWORD,    MARIADB_PASSWORD
          MARIADB_PASWORT,    MARIADB_PASSWORD
          S3_BUKET,           S3_BUCKET
          INSTANC,            INSTANCE
          """)
  void catchesTypingErrors(String name, String intended) {
    assertThat(nearMisses.intended(name)).contains(intended);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "JOB_NAME",
        "NODE_NAME",
        "HOSTNAME",
        "NODE",
        "PATH",
        "HOME",
        "LANG",
        "PWD",
        "TERM",
        "USER",
        "SHLVL",
        "JAVA_HOME",
        "JAVA_TOOL_OPTIONS",
        "KUBERNETES_SERVICE_HOST",
        "KUBERNETES_PORT",
        "POD_NAMESPACE",
        "POD_IP",
        "MARIADB_ROOT_PASSWORD",
        "MARIADB_DATABASE",
        "MYSQL_HOST",
        "MYSQL_PWD",
        "AWS_PROFILE",
        "AWS_ROLE_ARN",
        "AWS_DEFAULT_REGION",
        "TZ",
        "RETENTION"
      })
  void leavesForeignNamesAlone(String name) {
    assertThat(nearMisses.intended(name)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ab,   ab,   0
          ab,   ba,   1
          ca,   abc,  3
          abcd, acbd, 1
          abc,  abcd, 1
          '',   abc,  3
          """)
  void countsEdits(String a, String b, int edits) {
    assertThat(NearMisses.edits(a, b)).isEqualTo(edits);
    assertThat(NearMisses.edits(b, a)).isEqualTo(edits);
  }

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void catchesEveryEditOfALongName(long seed) {
    Random random = new Random(seed);
    List<String> longNames =
        KnownSettings.VARIABLES.stream().filter(name -> name.length() >= 10).sorted().toList();
    String name = longNames.get(random.nextInt(longNames.size()));
    String mutated = mutated(name, random);
    if (!KnownSettings.VARIABLES.contains(mutated)) {
      assertThat(nearMisses.intended(mutated)).as(mutated).isPresent();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void leavesUnrelatedNamesAlone(long seed) {
    Random random = new Random(seed);
    StringBuilder name = new StringBuilder("X");
    int length = 6 + random.nextInt(14);
    for (int i = 0; i < length; i++) {
      name.append(letter(random));
    }
    assertThat(nearMisses.intended(name.toString())).as(name.toString()).isEmpty();
  }

  private static String mutated(String name, Random random) {
    StringBuilder text = new StringBuilder(name);
    int at = random.nextInt(name.length() - 1);
    switch (random.nextInt(4)) {
      case 0 -> text.deleteCharAt(at);
      case 1 -> text.insert(at, letter(random));
      case 2 -> text.setCharAt(at, letter(random));
      default -> text.insert(at, text.charAt(at + 1)).deleteCharAt(at + 2);
    }
    return text.toString();
  }

  private static char letter(Random random) {
    return (char) ('A' + random.nextInt(26));
  }
}
