package dev.snapshotjobs.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// What this machine and this user allow: asked once, then carried around.
///
/// @param root servers are started as root and become [#SERVER_USER]
/// @param ownHostnames a server can have a hostname of its own (a UTS namespace)
record Host(boolean root, boolean ownHostnames) {

  static final String SERVER_USER = "nobody";
  static final int MARIADB_PORT = 3306;

  static Host probe() {
    boolean root = Command.run(List.of("id", "-u")).output().trim().equals("0");
    return new Host(root, root && hostnameCanBeSet());
  }

  private static boolean hostnameCanBeSet() {
    try {
      Command.Result result =
          Command.run(
              List.of("unshare", "--uts", "sh", "-c", "echo probe > /proc/sys/kernel/hostname"));
      return result.exitCode() == 0;
    } catch (SandboxException e) {
      return false; // no unshare here
    }
  }

  /// Gives a tree to the user that the servers run as: all of it, since processes of root may have
  /// written in the middle of what a server owns.
  void giveToServer(Path tree) {
    if (root) {
      Command.check(
          "find",
          tree.toString(),
          "!",
          "-user",
          SERVER_USER,
          "-exec",
          "chown",
          "-h",
          SERVER_USER,
          "{}",
          "+");
    }
  }

  /// Refuses a folder that the servers' user could not get to, before a server fails obscurely.
  void requireReachable(Path folder) {
    try {
      for (Path at = folder.toRealPath().getParent(); root && at != null; at = at.getParent()) {
        if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
          throw new SandboxException(
              "The servers run as " + SERVER_USER + " and cannot enter " + at + ": chmod o+x it");
        }
      }
    } catch (IOException e) {
      throw new SandboxException("Cannot read the permissions of " + folder, e);
    }
  }

  /// A loopback address of its own, on which the default port is free: a pod's address.
  static String freeAddress() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int attempt = 0; attempt < 100; attempt++) {
      String address =
          "127.%d.%d.%d"
              .formatted(random.nextInt(1, 255), random.nextInt(256), random.nextInt(1, 255));
      if (isFree(address)) {
        return address;
      }
    }
    throw new SandboxException("No free loopback address with port " + MARIADB_PORT);
  }

  private static boolean isFree(String address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), MARIADB_PORT));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
