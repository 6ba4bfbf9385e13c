package dev.snapshotjobs.common.binlog;

/// The name of a distributed transaction, its parts in hexadecimal; the format -1 is none.
public record XaId(long format, String globalPart, String branchPart) {
  public static final XaId NONE = new XaId(-1, "", "");
}
