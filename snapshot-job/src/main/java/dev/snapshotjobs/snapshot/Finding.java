package dev.snapshotjobs.snapshot;

/// One thing that the preflight found: the rule, what exactly was seen, and what to do about it.
record Finding(PreflightRule rule, String seen, String nextStep) {
  @Override
  public String toString() {
    return rule.code() + ": " + seen;
  }
}
