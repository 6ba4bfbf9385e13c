package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.restore.SqlTokens.Token;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Tables whose changes a replay leaves out: their rows are not in the data (MEMORY) or not on this
/// server (FEDERATED and its like). A server that ignores a table leaves out every statement that
/// changes it, all of the statement, and goes on ignoring the name when it is another table. Where
/// that would lose more than the table's own rows, the replay ends and says so. A statement may
/// only seem to name the table, by a column that is called so; that is refused too.
final class IgnoredTables {
  /// Engines whose rows are elsewhere.
  static final Set<String> REMOTE =
      Set.of("FEDERATED", "SPIDER", "CONNECT", "S3", "SPHINX", "MROONGA");

  private static final Set<String> BEFORE_A_NAME =
      Set.of("IF", "NOT", "EXISTS", "IGNORE", "INTO", "LOW_PRIORITY", "DELAYED", "QUICK", "FROM");

  private final TreeSet<String> tables = new TreeSet<>();

  /// @param base as `database.table`
  IgnoredTables(Collection<String> base) {
    base.forEach(table -> tables.add(TableName.parse(table).toString()));
  }

  List<String> all() {
    return List.copyOf(tables);
  }

  /// Fails by a JobException where the replay must not go on.
  void follow(EventBody.Query query) {
    List<Token> tokens = SqlTokens.of(query);
    if (tokens.size() < 3) {
      return;
    }
    int table = indexOf(tokens, "TABLE", 5);
    switch (tokens.getFirst().upper()) {
      case "CREATE" -> {
        if (table > 0 && indexOf(tokens, "TEMPORARY", table) < 0) {
          create(query, tokens, table);
        }
      }
      case "ALTER", "RENAME" -> {
        if (table > 0 || indexOf(tokens, "TABLES", 5) > 0) {
          refuseIfNamed(query);
        }
      }
      case "DROP" -> {
        if ((table > 0 || indexOf(tokens, "TABLES", 5) > 0) && hasComma(tokens)) {
          refuseIfNamed(query);
        }
      }
      case "INSERT", "REPLACE" -> {
        if (!tables.contains(name(query.database(), tokens, 0))) {
          refuseIfNamed(query);
        }
      }
      case "UPDATE", "DELETE" -> {
        if (!tables.contains(name(query.database(), tokens, 0)) || isOfSeveral(tokens)) {
          refuseIfNamed(query);
        }
      }
      case "WITH", "SET", "LOAD" -> refuseIfNamed(query);
      default -> {} // changes no row of another table
    }
  }

  private void create(EventBody.Query query, List<Token> tokens, int table) {
    String name = name(query.database(), tokens, table);
    String engine = SqlTokens.engine(tokens).orElse("");
    if (REMOTE.contains(engine)) {
      tables.add(name);
    } else if (tables.contains(name) ? !engine.equals("MEMORY") : has(tokens, "SELECT")) {
      refuseIfNamed(query);
    }
  }

  private void refuseIfNamed(EventBody.Query query) {
    if (tables.isEmpty()) {
      return;
    }
    SqlStatement read = SqlStatement.read(query);
    Optional<String> named =
        tables.stream().filter(table -> read.concerns(TableName.parse(table))).findFirst();
    if (named.isPresent()) {
      throw JobException.refused(
          RestoreReason.REPLAY_FAILED,
          "table %s is left out of the replay, because its rows are not in the data, and this statement is of more than its rows: %s"
              .formatted(named.get(), OneLine.of(query.statement())),
          "the source is untouched and the new volume is not used; recover to right before that"
              + " statement, and go on by hand: docs/how-to/replay-by-hand.md");
    }
  }

  private static boolean isOfSeveral(List<Token> tokens) {
    int end = tokens.size();
    for (String word : List.of("SET", "WHERE")) {
      int at = indexOf(tokens, word, tokens.size());
      end = at > 0 ? Math.min(end, at) : end;
    }
    List<Token> before = tokens.subList(0, end);
    return hasComma(before) || has(before, "JOIN") || has(before, "USING");
  }

  private static boolean hasComma(List<Token> tokens) {
    return tokens.stream().anyMatch(token -> token.isSign(','));
  }

  private static boolean has(List<Token> tokens, String word) {
    return tokens.stream().anyMatch(token -> token.is(word));
  }

  private static int indexOf(List<Token> tokens, String word, int before) {
    for (int at = 0; at < Math.min(before, tokens.size()); at++) {
      if (tokens.get(at).is(word)) {
        return at;
      }
    }
    return -1;
  }

  /// The first name behind a word, with its database; empty if there is none.
  private static String name(String database, List<Token> tokens, int word) {
    return SqlTokens.nameAt(tokens, SqlTokens.behind(tokens, word + 1, BEFORE_A_NAME), database)
        .map(found -> new TableName(found.database(), found.name()).toString())
        .orElse("");
  }
}
