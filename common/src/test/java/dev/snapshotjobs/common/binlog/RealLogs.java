package dev.snapshotjobs.common.binlog;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Logs that a real server wrote, once for all tests that only read them.
public final class RealLogs {
  private static final Map<String, byte[]> LOGS = write();

  private RealLogs() {}

  /// By what is special in them; each is a few hundred kilobytes at most.
  public static Map<String, byte[]> all() {
    return LOGS;
  }

  public static byte[] get(String name) {
    byte[] log = LOGS.get(name);
    if (log == null) {
      throw new IllegalArgumentException(name + " is none of " + LOGS.keySet());
    }
    return log;
  }

  private static Map<String, byte[]> write() {
    Map<String, byte[]> logs = new LinkedHashMap<>();
    try (LoggingServer server = LoggingServer.start()) {
      Path rows = Workload.rows(server);
      server.run(Workload.schema().toArray(String[]::new));
      logs.put("schema", server.bytes(server.rotate()));
      for (String format : new String[] {"ROW", "MIXED"}) {
        server.run("SET SESSION binlog_format = " + format);
        server.run(Workload.statements(rows).toArray(String[]::new));
        logs.put(format, server.bytes(server.rotate()));
      }
      server.run("SET GLOBAL log_bin_compress = 1");
      server.run("SET SESSION binlog_format = STATEMENT");
      server.run("INSERT INTO orders(what) VALUES (LEFT('" + "long ".repeat(200) + "', 30))");
      server.run("SET SESSION binlog_format = ROW");
      server.run("INSERT INTO notes(what) SELECT REPEAT('abc', 200) FROM seq_1_to_100");
      logs.put("compressed", server.bytes(server.rotate()));
      server.run("SET GLOBAL log_bin_compress = 0, GLOBAL binlog_checksum = NONE");
      server.run(
          Workload.statements(rows).stream().filter(RealLogs::isSmall).toArray(String[]::new));
      logs.put("no checksum", server.bytes(server.rotate()));
      logs.put("header alone", server.bytes(server.rotate()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return logs;
  }

  private static boolean isSmall(String statement) {
    return !statement.startsWith("LOAD DATA");
  }
}
