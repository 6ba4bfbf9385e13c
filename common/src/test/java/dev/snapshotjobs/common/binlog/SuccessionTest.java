package dev.snapshotjobs.common.binlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuccessionTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "null",
      delimiter = '|',
      textBlock =
          """
          ''                | ''                | Unbroken
          0-1-7             | 0-1-7             | Unbroken
          0-2-5,0-1-7       | 0-2-5,0-1-7       | Unbroken
          ''                | 0-1-1             | Gap
          0-1-7             | 0-1-9             | Gap
          0-1-7             | 0-1-7,0-2-8       | Gap
          0-1-7             | 0-1-7,5-1-1       | Gap
          0-2-5,0-1-7       | 0-1-7,0-2-5       | Gap
          0-1-7             | 0-1-6             | Unrelated
          0-1-7             | ''                | Unrelated
          0-1-7,5-1-3       | 0-1-7             | DomainsRemoved
          0-1-7             | 0-2-9             | Unrelated
          0-1-7,5-1-3       | 0-1-9             | Unrelated
          0-1-7,5-1-3       | 0-1-6,5-1-4       | Unrelated
          """)
  void comparesTheEndOfOneLogWithTheStartOfAnother(String end, String start, String expected) {
    Succession found = Succession.between(GtidState.parse(end), GtidState.parse(start));

    assertThat(found.getClass().getSimpleName()).isEqualTo(expected);
  }

  @Test
  void namesTheDomainsThatWereRemoved() {
    assertThat(Succession.between(GtidState.parse("0-1-7,3-1-1,5-1-3"), GtidState.parse("3-1-1")))
        .isInstanceOfSatisfying(
            Succession.DomainsRemoved.class,
            removed -> assertThat(removed.domains()).isEqualTo(Set.of(0L, 5L)));
  }
}
