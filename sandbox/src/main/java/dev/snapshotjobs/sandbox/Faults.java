package dev.snapshotjobs.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The faults that wait for their requests. The oldest matching rule wins.
public final class Faults {

  private final List<FaultRule> rules = new ArrayList<>();

  Faults() {}

  public synchronized void add(FaultRule rule) {
    rules.add(rule);
  }

  public synchronized void clear() {
    rules.clear();
  }

  /// True when each rule has been used up.
  public synchronized boolean isEmpty() {
    return rules.isEmpty();
  }

  synchronized Optional<FaultRule.Fault> take(String verb, String path) {
    for (int i = 0; i < rules.size(); i++) {
      FaultRule rule = rules.get(i);
      if (rule.matches(verb, path)) {
        if (rule.times() == 1) {
          rules.remove(i);
        } else if (rule.times() < Integer.MAX_VALUE) {
          rules.set(i, rule.times(rule.times() - 1));
        }
        return Optional.of(rule.fault());
      }
    }
    return Optional.empty();
  }
}
