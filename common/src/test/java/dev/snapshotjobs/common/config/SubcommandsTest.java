package dev.snapshotjobs.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

class SubcommandsTest {

  @Command(
      name = "tree",
      subcommands = {Plan.class, Apply.class})
  static final class Tree {
    @Mixin CommonOptions common = new CommonOptions(Duration.ofHours(1));
  }

  @Command(name = "plan")
  static final class Plan {
    @Mixin CommonOptions common = new CommonOptions(Duration.ofHours(2));

    @Option(names = "--keep-last", required = true)
    int keepLast;
  }

  @Command(name = "apply")
  static final class Apply {
    @Option(names = "--lease-wait")
    Duration leaseWait = Duration.ZERO;
  }

  private static Configuration read(Map<String, String> env, String... args) {
    return Configuration.read(new Tree(), args, new Environment(env));
  }

  @Test
  void readsTheCommandThatWasAskedForAndThatAlone() {
    Configuration configuration =
        read(Map.of("INSTANCE", "shop-db", "KEEP_LAST", "3"), "plan", "--deadline", "3h");
    assertThat(configuration.problems().all()).isEmpty();
    assertThat(configuration.command())
        .isInstanceOfSatisfying(
            Plan.class,
            plan -> {
              assertThat(plan.common.instance()).isEqualTo("shop-db");
              assertThat(plan.common.deadline()).isEqualTo(Duration.ofHours(3));
              assertThat(plan.keepLast).isEqualTo(3);
            });
  }

  @Test
  void requiresWhatTheCommandNeedsAndNotWhatItsParentNeeds() {
    assertThat(read(Map.of(), "apply").problems().all()).isEmpty();
    assertThat(read(Map.of(), "plan").problems().all())
        .extracting(Problems.Problem::where)
        .containsExactlyInAnyOrder("--instance (INSTANCE)", "--keep-last (KEEP_LAST)");
  }

  @Test
  void knowsTheVariablesOfItsSiblings() {
    assertThat(read(Map.of("LEASE_WAIT", "x"), "apply").problems().all()).hasSize(1);
    assertThat(
            read(Map.of("LEASE_WAIT", "x", "INSTANCE", "a", "KEEP_LAST", "1"), "plan")
                .problems()
                .all())
        .isEmpty();
  }

  @Test
  void saysWhichCommandsThereAre() {
    assertThat(read(Map.of("INSTANCE", "a")).problems().toString())
        .isEqualTo("arguments: a command is missing; allowed: plan, apply");
  }

  @Test
  void helpsWithTheCommandThatWasAskedFor() {
    assertThat(read(Map.of(), "plan", "--help").usage()).contains("tree plan", "[KEEP_LAST]");
    assertThat(read(Map.of(), "--help").usage()).contains("plan", "apply");
  }
}
