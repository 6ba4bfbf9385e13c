package dev.snapshotjobs.common.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Everything that is wrong with a configuration, collected so that one run shows it all.
public final class Problems {

  private final Set<String> withoutVariable;
  private final List<Problem> found = new ArrayList<>();

  public Problems() {
    this(Set.of());
  }

  /// `withoutVariable`: options that can only be given as arguments, so no variable is named.
  Problems(Set<String> withoutVariable) {
    this.withoutVariable = Set.copyOf(withoutVariable);
  }

  /// One wrong setting: where, what is wrong with it, and what would be right ("" if that is said).
  public record Problem(String where, String wrong, String allowed) {

    @Override
    public String toString() {
      return where + ": " + wrong + (allowed.isEmpty() ? "" : "; allowed: " + allowed);
    }
  }

  /// `option` is an option's long name, its variable is added; anything else is shown as it is.
  public void add(String option, String wrong, String allowed) {
    boolean hasVariable = option.startsWith("--") && !withoutVariable.contains(option);
    String where = hasVariable ? option + " (" + Setting.variableOf(option) + ")" : option;
    Problem problem = new Problem(where, wrong, allowed);
    if (!found.contains(problem)) {
      found.add(problem);
    }
  }

  public boolean isEmpty() {
    return found.isEmpty();
  }

  /// In the order in which they were found.
  public List<Problem> all() {
    return List.copyOf(found);
  }

  @Override
  public String toString() {
    return String.join("\n", found.stream().map(Problem::toString).toList());
  }
}
