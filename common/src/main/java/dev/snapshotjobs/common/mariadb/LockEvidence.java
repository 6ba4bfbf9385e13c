package dev.snapshotjobs.common.mariadb;

/// What a server answered when asked whether a commit lock was held up to this moment.
public record LockEvidence(
    boolean sameSession, boolean positionUnmoved, boolean secondSessionRefused, BinlogState state) {

  public boolean held() {
    return sameSession && positionUnmoved && secondSessionRefused;
  }
}
