package dev.snapshotjobs.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import java.util.Optional;

/// The faults and hooks that wait for their requests to the object store. The oldest matching rule
/// wins. The verbs of a [Hook] are names of [S3Operation] here.
public final class S3Faults {

  private final List<S3FaultRule> rules = new ArrayList<>();
  private final Faults hooks = new Faults();

  S3Faults() {}

  public synchronized void add(S3FaultRule rule) {
    rules.add(rule);
  }

  public void add(Hook hook) {
    hooks.add(hook);
  }

  public synchronized void clear() {
    rules.clear();
    hooks.clear();
  }

  /// True when each rule and each hook has been used up.
  public synchronized boolean isEmpty() {
    return rules.isEmpty() && hooks.isEmpty();
  }

  synchronized Optional<S3FaultRule.Fault> take(S3Operation operation, String path) {
    for (ListIterator<S3FaultRule> each = rules.listIterator(); each.hasNext(); ) {
      S3FaultRule rule = each.next();
      if (rule.matches(operation, path)) {
        if (rule.times() == 1) {
          each.remove();
        } else if (rule.times() < Integer.MAX_VALUE) {
          each.set(rule.times(rule.times() - 1));
        }
        return Optional.of(rule.fault());
      }
    }
    return Optional.empty();
  }

  List<Runnable> takeActions(Hook.Moment moment, S3Operation operation, String path) {
    return hooks.takeActions(moment, operation.toString(), path);
  }
}
