package dev.snapshotjobs.common.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.snapshotjobs.common.config.Environment;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs the sample job inside the test and keeps what it says.
final class InProcess {

  final StopSignal stop = new StopSignal();
  private final Map<String, String> env =
      new HashMap<>(Map.of("INSTANCE", "shop-db", "MARIADB_USER", "jobs"));
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Limits limits = new Limits(Duration.ofSeconds(5), Duration.ofSeconds(5));

  InProcess env(String name, String value) {
    env.put(name, value);
    return this;
  }

  InProcess limits(Duration afterStop, Duration forSinks) {
    limits = new Limits(afterStop, forSinks);
    return this;
  }

  int run(SampleJob.Work work, String... args) {
    Run run =
        new Run(
            new Environment(env),
            InstantSource.fixed(Instant.parse("2026-11-22T17:30:00Z")),
            stop,
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return JobMain.run(new SampleJob(work), args, run, limits);
  }

  String out() {
    return out.toString(UTF_8);
  }

  String err() {
    return err.toString(UTF_8);
  }

  List<JsonNode> log() {
    return err().lines().map(line -> JsonMapper.shared().readTree(line)).toList();
  }

  JsonNode lastLine() {
    return log().getLast();
  }

  JsonNode outcome() {
    return lastLine().get("outcome");
  }

  String outcome(String field) {
    return outcome().get(field).asString();
  }

  static Conclusion fine() {
    return Conclusion.done("fine", SampleReason.FINE, "All is well.");
  }
}
