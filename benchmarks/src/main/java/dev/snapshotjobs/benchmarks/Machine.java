package dev.snapshotjobs.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/// What of this machine a reader needs in order to compare, and nothing that identifies it.
///
/// @param loadAverage of the minute before: other work would be measured too
/// @param fileSystem of the folder in which the sandbox keeps its volumes
record Machine(int cores, long memoryBytes, double loadAverage, String fileSystem) {

  static Machine describe() throws IOException {
    Path volumes = Path.of(System.getProperty("java.io.tmpdir"));
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize(),
        system.getSystemLoadAverage(),
        Files.getFileStore(volumes).type());
  }

  @Override
  public String toString() {
    return "%d cores, %d GiB of memory, volumes on %s; load average before the start %.1f"
        .formatted(cores, Math.round(memoryBytes / 0x1p30), fileSystem, loadAverage);
  }
}
