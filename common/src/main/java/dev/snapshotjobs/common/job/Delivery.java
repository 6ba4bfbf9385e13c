package dev.snapshotjobs.common.job;

import dev.snapshotjobs.common.report.Outcome;
import dev.snapshotjobs.common.report.OutcomeSink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells an outcome to all sinks at once. Whatever a sink does, the run ends as it would have.
record Delivery(List<OutcomeSink> sinks, Duration limit) {

  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  void deliver(Outcome outcome) {
    long end = System.nanoTime() + limit.toNanos();
    List<Sending> sendings = sinks.stream().map(sink -> Sending.start(sink, outcome)).toList();
    sendings.forEach(sending -> sending.await(end));
  }

  private record Sending(String sink, FutureTask<Boolean> task) {

    static Sending start(OutcomeSink sink, Outcome outcome) {
      FutureTask<Boolean> task =
          new FutureTask<>(
              () -> {
                sink.deliver(outcome);
                return true;
              });
      Thread.ofVirtual().name("sink-" + sink.name()).start(task);
      return new Sending(sink.name(), task);
    }

    void await(long end) {
      try {
        task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        warn("the outcome could not be delivered", e.getCause());
      } catch (TimeoutException e) {
        task.cancel(true);
        warn("the outcome was not delivered in time", e);
      } catch (InterruptedException e) {
        task.cancel(true);
        warn("the delivery of the outcome was interrupted", e);
        Thread.currentThread().interrupt();
      }
    }

    private void warn(String what, @Nullable Throwable why) {
      LOG.atWarn().setCause(why).addKeyValue("sink", sink).log(what);
    }
  }
}
