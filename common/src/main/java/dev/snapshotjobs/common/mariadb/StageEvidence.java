package dev.snapshotjobs.common.mariadb;

/// What a server answered when asked whether the backup stage was held up to this moment.
public record StageEvidence(
    boolean sameSession, boolean positionUnmoved, boolean secondSessionRefused, BinlogState state) {

  public boolean held() {
    return sameSession && positionUnmoved && secondSessionRefused;
  }
}
