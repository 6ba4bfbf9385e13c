package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What a run warns of before it begins.
class RisksTest {
  @Test
  void warnsOnceOfASettingThatLetsTheServerPurgeTooSoon() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      shop.server.run("SET GLOBAL binlog_expire_logs_seconds = 3600");
      assertThat(warnings(shop.run())).singleElement().asString().contains("=3600");

      shop.server.run("SET GLOBAL binlog_expire_logs_seconds = 864000");
      assertThat(warnings(shop.run())).isEmpty();

      shop.server.run("SET GLOBAL max_binlog_total_size = 1000000000");
      assertThat(warnings(shop.run()))
          .singleElement()
          .asString()
          .contains("max_binlog_total_size=1000000000");
    }
  }

  private static List<String> warnings(ArchivedServer.Ended ended) {
    assertThat(ended.exit()).as(ended.err()).isZero();
    return ended.outcome().path("warnings").valueStream().map(each -> each.asString()).toList();
  }
}
