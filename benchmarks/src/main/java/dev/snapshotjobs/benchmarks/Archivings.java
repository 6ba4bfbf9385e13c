package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.archiver.Main;
import dev.snapshotjobs.sandbox.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Archives all logs of a server into an empty bucket, each step a process of its own.
record Archivings(LoggedServer server) {

  Done run(ArchiveMethod method) throws IOException, InterruptedException {
    try (S3Server store = S3Server.start()) {
      return switch (method) {
        case JOB -> new Done(archive(store), 0);
        case RAW -> raw(store, false);
        case RAW_ZSTD -> raw(store, true);
      };
    }
  }

  /// A run of `archive` with the flags of its image, and the half of its memory as heap.
  Effort archive(S3Server store) throws IOException, InterruptedException {
    return ChildProcess.java(
            store,
            Map.of(
                "INSTANCE",
                "shop",
                "MARIADB_HOST",
                server.address(),
                "MARIADB_PORT",
                Integer.toString(server.port()),
                "MARIADB_USER",
                LoggedServer.USER,
                "MARIADB_PASSWORD",
                LoggedServer.PASSWORD,
                "S3_BUCKET",
                S3Server.BUCKET,
                "S3_ENDPOINT",
                store.endpoint().toString(),
                "S3_PATH_STYLE",
                "true"),
            Main.class.getName(),
            "archive")
        .run();
  }

  private Done raw(S3Server store, boolean compressed) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("benchmark-raw");
    try {
      Effort effort =
          new ChildProcess(
                  List.of(
                      "mariadb-binlog",
                      "--read-from-remote-server",
                      "--raw",
                      "--to-last-log",
                      "--host=" + server.address(),
                      "--port=" + server.port(),
                      "--user=" + LoggedServer.USER,
                      "--skip-ssl",
                      "--result-file=" + folder + "/",
                      "mysql-bin.000001"),
                  Map.of("MYSQL_PWD", LoggedServer.PASSWORD))
              .run();
      long disk = bytes(folder);
      if (compressed) {
        List<String> command = new ArrayList<>(List.of("zstd", "-1", "-q", "--rm"));
        files(folder).forEach(file -> command.add(file.toString()));
        effort = effort.then(new ChildProcess(command, Map.of()).run());
      }
      ChildProcess upload =
          ChildProcess.java(
              store,
              Map.of(),
              UploadFolder.class.getName(),
              store.endpoint().toString(),
              S3Server.BUCKET,
              folder.toString());
      return new Done(effort.then(upload.run()), disk);
    } finally {
      for (Path file : files(folder)) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static long bytes(Path folder) throws IOException {
    long bytes = 0;
    for (Path file : files(folder)) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
