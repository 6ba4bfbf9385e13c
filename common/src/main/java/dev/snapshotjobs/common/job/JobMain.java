package dev.snapshotjobs.common.job;

import dev.snapshotjobs.common.config.Configuration;
import dev.snapshotjobs.common.config.Environment;
import dev.snapshotjobs.common.config.LogFormat;
import dev.snapshotjobs.common.config.Problems;
import dev.snapshotjobs.common.report.Outcome;
import dev.snapshotjobs.common.report.OutcomeSink;
import dev.snapshotjobs.common.report.Report;
import dev.snapshotjobs.common.report.TerminationMessageSink;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The frame: settings, log, run, outcome, exit status; the one place that catches and logs what
/// ends a job.
public final class JobMain {

  private static final Logger LOG = LoggerFactory.getLogger(JobMain.class);

  private final JobProgram program;
  private final Configuration configuration;
  private final Run run;
  private final Limits limits;

  private JobMain(JobProgram program, Configuration configuration, Run run, Limits limits) {
    this.program = program;
    this.configuration = configuration;
    this.run = run;
    this.limits = limits;
  }

  /// For `main`: ends the process, also on SIGTERM and SIGINT.
  public static void main(JobProgram program, String[] args) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) ->
            LOG.atError()
                .setCause(error)
                .addKeyValue("process.thread", thread.getName())
                .log("a thread ended by an unexpected error"));
    StopSignal stop = new StopSignal();
    SignalHook hook = SignalHook.install(stop);
    int status = ExitCode.FAILED.code();
    try {
      status =
          run(program, args, System.getenv(), System.out, System.err, InstantSource.system(), stop);
    } finally {
      hook.ended(status);
    }
    System.exit(status);
  }

  /// Runs the command in this process and returns the exit status; never ends the process.
  public static int run(
      JobProgram program,
      String[] args,
      Map<String, String> env,
      PrintStream out,
      PrintStream err,
      InstantSource clock,
      StopSignal stop) {
    Run run = new Run(new Environment(env), clock, stop, out, err);
    return run(program, args, run, Limits.STANDARD);
  }

  static int run(JobProgram program, String[] args, Run run, Limits limits) {
    Configuration configuration = Configuration.read(program, args, run.environment());
    if (configuration.helpRequested()) {
      run.out().print(configuration.usage());
      run.out().flush();
      return ExitCode.DONE.code();
    }
    if (configuration.versionRequested()) {
      run.out().println(version(program));
      run.out().flush();
      return ExitCode.DONE.code();
    }
    return new JobMain(program, configuration, run, limits).execute();
  }

  private static String version(JobProgram program) {
    String version = program.getClass().getPackage().getImplementationVersion();
    return program.job() + " " + Objects.requireNonNullElse(version, "(development)");
  }

  private int execute() {
    LogFormat format =
        configuration
            .accepted("--log-format")
            .filter(LogFormat.TEXT.toString()::equals)
            .map(_ -> LogFormat.TEXT)
            .orElse(LogFormat.JSON);
    // The instance is told even when other settings are wrong: whose job is it that failed?
    String instance = configuration.accepted("--instance").orElse("");
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("service.name", program.job());
    identity.put("instance", instance);
    identity.put("run_id", run.id());
    try (JobLogging _ =
        JobLogging.open(JobLogging.encoder(format, identity, configuration.masking()), run.err())) {
      Instant startedAt = run.clock().instant();
      long start = System.nanoTime();
      Conclusion conclusion = conclusion();
      Duration duration = Duration.ofNanos(System.nanoTime() - start);
      Outcome outcome = outcome(conclusion, instance, startedAt, duration);
      deliver(outcome);
      run.closeResources();
      run.out().flush();
      return conclusion.exit().code();
    }
  }

  private Conclusion conclusion() {
    try {
      Problems problems = configuration.problems();
      if (!problems.isEmpty()) {
        problems.all().forEach(problem -> LOG.error(problem.toString()));
        return Conclusion.misconfigured(problems);
      }
      LOG.atInfo()
          .addKeyValue("settings", configuration.effective())
          .log("effective configuration");
      return new Execution(command(), run, limits).conclusion();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("the frame ended by an unexpected error");
      return Conclusion.unexpected(e);
    }
  }

  /// Without problems a command was asked for, and commands of ours are jobs.
  private JobCommand command() {
    if (configuration.command() instanceof JobCommand command) {
      return command;
    }
    throw new IllegalStateException(configuration.command() + " is not a JobCommand");
  }

  private Outcome outcome(
      Conclusion conclusion, String instance, Instant startedAt, Duration duration) {
    Report report = run.report();
    return new Outcome(
            program.job(),
            instance,
            run.id(),
            conclusion.exit().code(),
            conclusion.verdict(),
            conclusion.reason().code(),
            conclusion.message(),
            conclusion.nextStep(),
            startedAt,
            run.clock().instant(),
            duration,
            report.phases(),
            report.objects(),
            report.positions(),
            report.warnings())
        .masked(configuration.masking()::apply);
  }

  /// The log comes last: its last line is the outcome, even when a sink had to be warned of.
  private void deliver(Outcome outcome) {
    String file = run.environment().get("TERMINATION_LOG").orElse("/dev/termination-log");
    List<OutcomeSink> sinks = new ArrayList<>(run.sinks());
    sinks.add(new TerminationMessageSink(Path.of(file)));
    new Delivery(sinks, limits.forSinks()).deliver(outcome);
    LOG.atInfo().addKeyValue("outcome", outcome).log("outcome");
  }
}
