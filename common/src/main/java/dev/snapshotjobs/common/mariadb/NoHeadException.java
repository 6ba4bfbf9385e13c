package dev.snapshotjobs.common.mariadb;

import java.io.IOException;

/// The server did not send the beginning of a log; [#end] says what it did.
public final class NoHeadException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient DumpEnd end;

  NoHeadException(String log, DumpEnd end) {
    super("the beginning of " + log + " was not to be had: " + end);
    this.end = end;
  }

  public DumpEnd end() {
    return end;
  }
}
