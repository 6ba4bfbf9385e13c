package dev.snapshotjobs.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command line of a mariadbd.
final class ServerCommand {

  private static final String SET_HOSTNAME =
      "echo \"$0\" > /proc/sys/kernel/hostname && exec \"$@\"";

  private ServerCommand() {}

  static List<String> line(MariaDbServer.Spec spec, MariaDbServer.Site site) {
    List<String> line = new ArrayList<>();
    if (site.host().ownHostnames()) {
      // Each step replaces the one before it: the pid is the server's.
      line.addAll(List.of("unshare", "--uts", "sh", "-c", SET_HOSTNAME, spec.hostname()));
    }
    line.add(site.binaries().mariadbd().toString());
    line.addAll(options(spec, site));
    line.addAll(spec.extraArgs());
    return line;
  }

  private static List<String> options(MariaDbServer.Spec spec, MariaDbServer.Site site) {
    Path run = site.runDir();
    List<String> options =
        new ArrayList<>(
            List.of(
                "--no-defaults",
                "--basedir=" + site.binaries().home(),
                "--datadir=" + spec.dataDir().toAbsolutePath(),
                "--bind-address=" + spec.address(),
                "--port=" + spec.port(),
                "--socket=" + run.resolve("s"),
                "--pid-file=" + run.resolve("pid"),
                "--tmpdir=" + run,
                "--skip-name-resolve", // as in the official image
                "--ssl=0", // generating a key takes seconds
                "--innodb-log-file-size=16M",
                "--innodb-buffer-pool-size=64M",
                "--innodb-temp-data-file-path=ibtmp1:2M:autoextend", // less to copy in a pause
                "--key-buffer-size=1M",
                "--aria-pagecache-buffer-size=8M"));
    if (site.host().root()) {
      options.add("--user=" + Host.SERVER_USER);
    }
    return options;
  }
}
