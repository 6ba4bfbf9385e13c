package dev.snapshotjobs.common.job;

import dev.snapshotjobs.common.config.Environment;
import dev.snapshotjobs.common.report.OutcomeSink;
import dev.snapshotjobs.common.report.Report;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One execution of a job: its identity, clock, environment, stop signal and report.
public final class Run {

  private static final Logger LOG = LoggerFactory.getLogger(Run.class);

  private final String id;
  private final InstantSource clock;
  private final Environment environment;
  private final StopSignal stop;
  private final PrintStream out;
  private final PrintStream err;
  private final Report report = new Report();
  private final List<OutcomeSink> sinks = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> resources = new CopyOnWriteArrayList<>();

  public Run(
      Environment environment,
      InstantSource clock,
      StopSignal stop,
      PrintStream out,
      PrintStream err) {
    this.id = RunId.next(clock.instant()).toString();
    this.clock = clock;
    this.environment = environment;
    this.stop = stop;
    this.out = out;
    this.err = err;
  }

  public String id() {
    return id;
  }

  public InstantSource clock() {
    return clock;
  }

  public Environment environment() {
    return environment;
  }

  public StopSignal stop() {
    return stop;
  }

  public Report report() {
    return report;
  }

  /// For results.
  public PrintStream out() {
    return out;
  }

  /// For logs, which go there by themselves.
  public PrintStream err() {
    return err;
  }

  /// Tells the outcome to one more place. The log and the termination message need no adding.
  public void addSink(OutcomeSink sink) {
    sinks.add(sink);
  }

  /// Keeps something open until the outcome is told, for instance what a sink tells it through.
  public void closeAtEnd(AutoCloseable resource) {
    resources.add(resource);
  }

  /// The last one opened first; what cannot be closed any more is of no use to anybody.
  void closeResources() {
    for (AutoCloseable resource : resources.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.atWarn().setCause(e).log("something could not be closed at the end of the run");
      }
    }
  }

  List<OutcomeSink> sinks() {
    return List.copyOf(sinks);
  }
}
