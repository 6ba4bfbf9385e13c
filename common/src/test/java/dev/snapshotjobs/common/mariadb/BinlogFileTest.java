package dev.snapshotjobs.common.mariadb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinlogFileTest {
  @Test
  void followsAnotherByNumber() {
    assertThat(
            Stream.of("bin.1000000", "bin.999999", "bin.000002", "bin.1000001")
                .map(name -> BinlogFile.of(name, 0))
                .sorted()
                .map(BinlogFile::name))
        .containsExactly("bin.000002", "bin.999999", "bin.1000000", "bin.1000001");
  }

  @Test
  void mayHaveDotsInItsName() {
    assertThat(BinlogFile.of("db-0.shop.000042", 7).number()).isEqualTo(42);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "bin", "bin.", ".000001", "bin.000001.idx", "bin-000001.ibb"})
  void refusesWhatIsNone(String name) {
    assertThatThrownBy(() -> BinlogFile.of(name, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
