package dev.snapshotjobs.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The command line of a mariadbd.
final class ServerCommand {

  private static final String SET_HOSTNAME =
      "echo \"$0\" > /proc/sys/kernel/hostname && exec \"$@\"";
  private static final Pattern DEFAULTS = Pattern.compile("^--(no-defaults$|defaults-)");

  private ServerCommand() {}

  static List<String> line(MariaDbServer.Spec spec, MariaDbServer.Site site) {
    List<String> line = new ArrayList<>(inHost(spec.hostname(), site.host()));
    line.add(site.binaries().mariadbd().toString());
    line.addAll(options(spec, site));
    line.addAll(spec.extraArgs());
    return line;
  }

  /// A mariadbd with a container's options, and of ours only what this machine needs.
  ///
  /// @param address where it listens unless the options say it: all others are other pods'
  static List<String> ofContainer(
      List<String> options, String hostname, String address, MariaDbServer.Site site) {
    List<String> line = new ArrayList<>(inHost(hostname, site.host()));
    line.add(site.binaries().mariadbd().toString());
    boolean namesDefaults = !options.isEmpty() && DEFAULTS.matcher(options.getFirst()).find();
    line.add(namesDefaults ? options.getFirst() : "--no-defaults"); // the server wants it first
    line.add("--basedir=" + site.binaries().home());
    line.add("--lc-messages-dir=" + site.binaries().home().resolve("share"));
    line.add("--ssl=0");
    if (site.host().root()) {
      line.add("--user=root"); // as the programs beside it; the first --user wins
    }
    if (!has(options, "socket")) {
      line.add("--socket=" + site.runDir().resolve("s"));
    }
    if (!has(options, "bind-address") && !has(options, "skip-networking")) {
      line.add("--bind-address=" + address);
    }
    line.addAll(namesDefaults ? options.subList(1, options.size()) : options);
    return line;
  }

  private static boolean has(List<String> options, String name) {
    return options.stream()
        .map(option -> option.replaceFirst("=.*", "").replace('_', '-'))
        .anyMatch(("--" + name)::equals);
  }

  private static List<String> inHost(String hostname, Host host) {
    // Each step replaces the one before it: the pid is the server's.
    return host.ownHostnames()
        ? List.of("unshare", "--uts", "sh", "-c", SET_HOSTNAME, hostname)
        : List.of();
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
    if (site.host().root() && !has(spec.extraArgs(), "user")) {
      options.add("--user=" + Host.SERVER_USER); // the first --user would win
    }
    return options;
  }
}
