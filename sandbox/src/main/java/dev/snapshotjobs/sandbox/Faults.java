package dev.snapshotjobs.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import java.util.Optional;

/// The faults and hooks that wait for their requests. The oldest matching rule wins; of the hooks,
/// all that match have their turn, the oldest first.
public final class Faults {

  private final List<FaultRule> rules = new ArrayList<>();
  private final List<Hook> hooks = new ArrayList<>();

  Faults() {}

  public synchronized void add(FaultRule rule) {
    rules.add(rule);
  }

  public synchronized void add(Hook hook) {
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

  synchronized Optional<FaultRule.Fault> take(String verb, String path) {
    for (ListIterator<FaultRule> each = rules.listIterator(); each.hasNext(); ) {
      FaultRule rule = each.next();
      if (rule.matches(verb, path)) {
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

  synchronized List<Runnable> takeActions(Hook.Moment moment, String verb, String path) {
    List<Runnable> actions = new ArrayList<>();
    for (ListIterator<Hook> each = hooks.listIterator(); each.hasNext(); ) {
      Hook hook = each.next();
      if (hook.matches(moment, verb, path)) {
        actions.add(hook.action());
        if (hook.times() == 1) {
          each.remove();
        } else if (hook.times() < Integer.MAX_VALUE) {
          each.set(hook.times(hook.times() - 1));
        }
      }
    }
    return actions;
  }
}
