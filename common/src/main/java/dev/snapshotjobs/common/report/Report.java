package dev.snapshotjobs.common.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Collects what the outcome record tells while the run goes on. Thread-safe.
public final class Report {

  private static final Logger LOG = LoggerFactory.getLogger(Report.class);

  private final Map<String, Duration> phases = new LinkedHashMap<>();
  private final Set<ObjectRef> objects = new LinkedHashSet<>();
  private final Map<String, String> positions = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();

  /// Starts a phase now. Measured by the monotonic clock, so no time step falsifies it; a phase of
  /// the same name is added to.
  public Phase phase(String name) {
    long start = System.nanoTime();
    AtomicBoolean open = new AtomicBoolean(true);
    return () -> {
      if (open.getAndSet(false)) {
        phase(name, Duration.ofNanos(System.nanoTime() - start));
      }
    };
  }

  public synchronized void phase(String name, Duration duration) {
    phases.merge(name, duration, Duration::plus);
  }

  public synchronized void object(ObjectRef object) {
    objects.add(object);
  }

  /// Takes back an object that was named and is no more: an outcome tells what there is, and nobody
  /// looks for the Event of an object that is gone.
  public synchronized void gone(ObjectRef object) {
    objects.remove(object);
  }

  public synchronized void position(String key, String value) {
    positions.put(key, value);
  }

  /// Also logs the warning at once: the outcome comes late, and leaves out what does not fit.
  public void warn(String warning) {
    LOG.warn(warning);
    synchronized (this) {
      warnings.add(warning);
    }
  }

  public synchronized Map<String, Duration> phases() {
    return new LinkedHashMap<>(phases);
  }

  public synchronized List<ObjectRef> objects() {
    return List.copyOf(objects);
  }

  public synchronized Map<String, String> positions() {
    return new LinkedHashMap<>(positions);
  }

  public synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }
}
