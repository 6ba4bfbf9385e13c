package dev.snapshotjobs.restore;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at all tables of restored data: the server can open each of them, and checks as many as
/// the time allows, the small ones first, so that as many as possible are.
final class Validation {
  private static final Logger LOG = LoggerFactory.getLogger(Validation.class);

  /// Engines whose rows are in the data directory and nowhere else.
  private static final Set<String> CHECKED = Set.of("InnoDB", "Aria", "MyISAM");

  private static final String TABLES =
      """
      SELECT TABLE_SCHEMA, TABLE_NAME, ENGINE, COALESCE(TABLE_ROWS, 0), TABLE_COMMENT
      FROM information_schema.TABLES
      WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')
        AND TABLE_SCHEMA NOT IN ('information_schema', 'performance_schema', 'sys')
      ORDER BY COALESCE(DATA_LENGTH, 0) + COALESCE(INDEX_LENGTH, 0), 1, 2
      """;

  /// @param rows of all tables together, as the engines estimate them
  /// @param wrong what is wrong, a sentence each
  /// @param odd what the server cannot open, which may be as it was at the source
  record Result(
      long databases, long tables, long checked, long rows, List<String> wrong, List<String> odd) {
    Result {
      wrong = List.copyOf(wrong);
      odd = List.copyOf(odd);
    }

    @Override
    public String toString() {
      return "%,d databases, %,d tables with about %,d rows; %,d tables checked, the server's own too"
          .formatted(databases, tables, rows, checked);
    }
  }

  private record Table(String database, String name) {
    String quoted() {
      return "`" + database.replace("`", "``") + "`.`" + name.replace("`", "``") + "`";
    }
  }

  private final RestoreServer server;

  Validation(RestoreServer server) {
    this.server = server;
  }

  /// @param budget after which no further table is checked; a check that has begun is ended
  Result run(Duration budget) throws SQLException {
    long deadline = System.nanoTime() + budget.toNanos();
    List<String> wrong = new ArrayList<>();
    List<String> odd = new ArrayList<>();
    List<Table> tables = new ArrayList<>();
    long rows = 0;
    long count = 0;
    try (Statement statement = server.connection().createStatement();
        ResultSet row = statement.executeQuery(TABLES)) {
      while (row.next()) {
        Table table = new Table(row.getString(1), row.getString(2));
        if (!table.database().equals("mysql")) {
          count++;
        }
        String engine = String.valueOf(row.getString(3));
        if (CHECKED.contains(engine)) {
          rows += table.database().equals("mysql") ? 0 : row.getLong(4);
          tables.add(table);
        } else if (engine.equals("null")
            && !row.getString(5).startsWith("Unknown storage engine")) {
          odd.add("%s cannot be opened: %s".formatted(table.quoted(), row.getString(5)));
        }
      }
    }
    long checked = 0;
    for (Table table : tables) {
      if (System.nanoTime() > deadline) {
        LOG.atInfo().addKeyValue("tables", tables.size() - checked).log("no time to check more");
        break;
      }
      checked += check(table, wrong) ? 1 : 0;
    }
    String databases =
        server.ask(
            "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN"
                + " ('information_schema', 'performance_schema', 'sys', 'mysql')");
    return new Result(Long.parseLong(databases), count, checked, rows, wrong, odd);
  }

  /// Adds what is wrong.
  ///
  /// @return whether it could be checked: a distributed transaction that waits may hold the table
  private boolean check(Table table, List<String> wrong) throws SQLException {
    try (Statement statement = server.connection().createStatement();
        ResultSet row = statement.executeQuery("CHECK TABLE " + table.quoted() + " QUICK")) {
      while (row.next()) {
        if (row.getString("Msg_text").contains("Lock wait timeout")) {
          return false;
        }
        boolean error = row.getString("Msg_type").equalsIgnoreCase("error");
        boolean corrupt =
            row.getString("Msg_text").toLowerCase(java.util.Locale.ROOT).contains("corrupt");
        if (error || corrupt) {
          wrong.add("%s: %s".formatted(table.quoted(), row.getString("Msg_text")));
        }
      }
    }
    return true;
  }
}
