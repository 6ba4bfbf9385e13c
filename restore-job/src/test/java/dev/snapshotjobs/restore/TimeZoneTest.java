package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// The source is in a zone of its own, and logs statements.
class TimeZoneTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static RestorableShop shop;

  @BeforeAll
  static void prepare() throws Exception {
    shop = new RestorableShop(Main.class);
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  /// It was winter at the statement, and summer when the source was started.
  @Test
  void evaluatesStatementsInTheTimeZoneOfTheSource() throws Exception {
    shop.snapshot(
        "shop-zoned",
        Map.of(
            SnapshotKeys.SERVER_SETTINGS,
            JsonMapper.shared()
                .writeValueAsString(
                    Map.of(
                        "datadir",
                        shop.ask("SELECT @@datadir"),
                        "log_bin_basename",
                        shop.ask("SELECT @@log_bin_basename"),
                        "system_time_zone",
                        "CEST")),
            SnapshotKeys.SOURCE_POD,
            Objects.requireNonNull(
                    shop.snapshot("shop-unzoned").annotations().get(SnapshotKeys.SOURCE_POD))
                .replaceFirst("\\{", "{\"timeZone\":\"Europe/Berlin\",")));
    shop.run(
        "SET SESSION binlog_format = STATEMENT",
        "CREATE TABLE shop.times (at DATETIME)",
        "SET TIMESTAMP = 1767225600", // 2026-01-01, midnight in UTC
        "INSERT INTO shop.times VALUES (NOW())");
    shop.archive();

    ArchivedShop.Ended ended = shop.restoreJob("pitr", "--to-latest", "--restore-id", "zoned");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.err()).doesNotContain("system time zone");
    assertThat(RecoverTest.ask(shop, "zoned", "SELECT at FROM shop.times"))
        .isEqualTo("2026-01-01 01:00:00");
  }
}
