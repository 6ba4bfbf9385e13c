package dev.snapshotjobs.common.objects;

import java.time.Instant;

/// How long nobody may delete or overwrite this version of an object. The bucket must have Object
/// Lock.
public record ObjectLock(Mode mode, Instant until) {

  /// Who may lift it earlier.
  public enum Mode {
    /// Those with a right of its own, s3:BypassGovernanceRetention.
    GOVERNANCE("governance"),
    /// Nobody, not even the owner of the account.
    COMPLIANCE("compliance");

    private final String text;

    Mode(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
