package dev.snapshotjobs.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.manifests.CustomObjects.PrometheusRule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// The alerts come and go when they should, as Prometheus itself computes them; what they say is
/// left out.
class AlertsTest {
  private static final Path RULES =
      Path.of("../kustomize/components/alerts-basic/prometheusrule.yaml");

  @TempDir private Path directory;

  @Test
  void comeWhenTheyShouldAndLastUntilSomebodyHasSeenThem() throws IOException {
    // Another user reads it there.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    // JSON is YAML.
    Files.writeString(
        directory.resolve("rules.yaml"), JsonMapper.shared().writeValueAsString(rules()));
    try (InputStream tests =
        Objects.requireNonNull(AlertsTest.class.getResourceAsStream("/alerts-basic.test.yaml"))) {
      Files.copy(tests, directory.resolve("tests.yaml"));
    }

    Promtool.Ended ended = Promtool.test(directory, "tests.yaml");

    assertThat(ended.output()).contains("SUCCESS");
    assertThat(ended.status()).isZero();
  }

  private static Map<String, Object> rules() throws IOException {
    PrometheusRule shipped =
        ParsedObjects.ofFile(RULES).of(PrometheusRule.class).findFirst().orElseThrow();
    return Map.of(
        "groups",
        shipped.spec().groups().stream()
            .map(
                group ->
                    Map.of(
                        "name",
                        group.name(),
                        "rules",
                        group.rules().stream().map(AlertsTest::withoutWords).toList()))
            .toList());
  }

  private static Map<String, Object> withoutWords(PrometheusRule.Rule rule) {
    Map<String, Object> fields = new HashMap<>();
    fields.put("alert", rule.alert());
    fields.put("expr", rule.expr());
    fields.put("labels", rule.labels());
    if (rule.waits() != null) {
      fields.put("for", rule.waits());
    }
    return fields;
  }
}
