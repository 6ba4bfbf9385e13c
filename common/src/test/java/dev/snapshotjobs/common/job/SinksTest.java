package dev.snapshotjobs.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.report.Outcome;
import dev.snapshotjobs.common.report.OutcomeSink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(30)
class SinksTest {

  /// What a sink of a test does.
  @FunctionalInterface
  private interface Deliver {
    void deliver(Outcome outcome) throws Exception;
  }

  private record Sink(String name, Deliver how) implements OutcomeSink {
    @Override
    public void deliver(Outcome outcome) throws Exception {
      how.deliver(outcome);
    }
  }

  private final InProcess process = new InProcess();

  @Test
  void tellsEverySinkWhateverTheOthersDo() {
    List<Outcome> told = Collections.synchronizedList(new ArrayList<>());
    process.limits(Duration.ofSeconds(5), Duration.ofMillis(300));
    int exit =
        process.run(
            run -> {
              run.addSink(new Sink("hangs", _ -> new CountDownLatch(1).await()));
              run.addSink(
                  new Sink(
                      "throws",
                      _ -> {
                        throw new IOException("no route");
                      }));
              run.addSink(
                  new Sink(
                      "breaks",
                      _ -> {
                        throw new NoClassDefFoundError("x");
                      }));
              run.addSink(new Sink("works", told::add));
              return InProcess.fine();
            });
    assertThat(exit).isZero();
    assertThat(told).singleElement().extracting(Outcome::verdict).isEqualTo("fine");
    assertThat(process.lastLine().get("message").asString()).isEqualTo("outcome");
    assertThat(process.log())
        .filteredOn(line -> line.has("sink"))
        .extracting(SinksTest::sinkAndLevel)
        .containsExactlyInAnyOrder("hangs WARN", "throws WARN", "breaks WARN");
  }

  private static String sinkAndLevel(JsonNode line) {
    return line.get("sink").asString() + " " + line.get("log.level").asString();
  }
}
