package dev.snapshotjobs.common.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunningStatementsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          UPDATE t SET a = 'Ann''s', b = 12.5 WHERE id = 7      | UPDATE t SET a = ?, b = ? WHERE id = ?
          SELECT "a\\"b", 0xCAFE, t1.c2 FROM t1                 | SELECT ?, ?, t1.c2 FROM t1
          INSERT INTO t VALUES ('cut off in the middl           | INSERT INTO t VALUES (?
          """)
  void showsTheShapeOfAStatementWithoutItsData(String sql, String shown) {
    assertThat(RunningStatements.withoutData(sql)).isEqualTo(shown);
  }

  @Test
  void copesWithVeryLongLiterals() {
    String blob = "x".repeat(200_000) + "''\\'" + "y".repeat(200_000);

    assertThat(RunningStatements.withoutData("INSERT INTO t VALUES ('" + blob + "', 7)"))
        .isEqualTo("INSERT INTO t VALUES (?, ?)");
  }
}
