package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.JobMain;

/// Where the image starts.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    JobMain.main(new RestoreProgram(), args);
  }
}
