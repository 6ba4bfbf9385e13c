package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.restore.SqlTokens.Token;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a logged statement does, as far as its words tell. It may be said to concern a table that
/// it only mentions, or that has the name of a column; it is never missed for one that it changes.
///
/// @param kind empty for what changes no table, such as COMMIT
/// @param databases those that it makes, drops or alters with all their tables
/// @param qualified tables that it names with their database
/// @param bare names without a database
/// @param current the database of the session
record SqlStatement(
    Optional<ChangeKind> kind,
    Set<String> databases,
    Set<TableName> qualified,
    Set<String> bare,
    String current) {

  /// Reads a statement, or the beginning of a long one.
  static SqlStatement read(EventBody.Query query) {
    List<Token> tokens = SqlTokens.of(query);
    int verb = verb(tokens);
    Optional<ChangeKind> kind = verb < 0 ? Optional.empty() : kind(tokens.get(verb).upper());
    Set<String> databases = new HashSet<>();
    Set<TableName> qualified = new HashSet<>();
    Set<String> bare = new HashSet<>();
    if (kind.isPresent()) {
      names(tokens, verb, databases, qualified, bare);
    }
    return new SqlStatement(
        kind, databases, qualified, bare, query.database().toLowerCase(Locale.ROOT));
  }

  boolean concerns(TableName table) {
    return databases.contains(table.database())
        || qualified.contains(table)
        || (current.equals(table.database()) && bare.contains(table.table()));
  }

  /// The word that says what is done: behind `SET STATEMENT … FOR` and `WITH … AS (…)`.
  private static int verb(List<Token> tokens) {
    int at = 0;
    if (isAt(tokens, 0, "SET") && isAt(tokens, 1, "STATEMENT")) {
      at = topLevel(tokens, 2, Set.of("FOR")) + 1;
    }
    if (isAt(tokens, at, "WITH")) {
      at = topLevel(tokens, at, Set.of("DELETE", "UPDATE", "INSERT", "REPLACE", "SELECT"));
    }
    return at < tokens.size() ? at : -1;
  }

  private static boolean isAt(List<Token> tokens, int at, String word) {
    return at < tokens.size() && tokens.get(at).is(word);
  }

  /// Where one of the words stands outside of all parentheses.
  private static int topLevel(List<Token> tokens, int from, Set<String> words) {
    int depth = 0;
    for (int at = from; at < tokens.size(); at++) {
      Token token = tokens.get(at);
      if (token.isSign('(')) {
        depth++;
      } else if (token.isSign(')')) {
        depth--;
      } else if (depth == 0
          && token.kind() == SqlTokens.Kind.WORD
          && words.contains(token.upper())) {
        return at;
      }
    }
    return tokens.size();
  }

  private static Optional<ChangeKind> kind(String verb) {
    return switch (verb) {
      case "CREATE", "ALTER", "DROP", "RENAME" -> Optional.of(ChangeKind.DDL);
      case "TRUNCATE" -> Optional.of(ChangeKind.TRUNCATE);
      case "INSERT", "REPLACE", "LOAD" -> Optional.of(ChangeKind.INSERT);
      case "UPDATE" -> Optional.of(ChangeKind.UPDATE);
      case "DELETE" -> Optional.of(ChangeKind.DELETE);
      default -> Optional.empty(); // of a transaction, an account, a session
    };
  }

  private static void names(
      List<Token> tokens,
      int verb,
      Set<String> databases,
      Set<TableName> qualified,
      Set<String> bare) {
    boolean database = isAt(tokens, verb + 1, "DATABASE") || isAt(tokens, verb + 1, "SCHEMA");
    for (int at = verb + 1; at < tokens.size(); at++) {
      if (!tokens.get(at).mayBeName()) {
        continue;
      }
      String name = tokens.get(at).text().toLowerCase(Locale.ROOT);
      if (database) {
        databases.add(name);
      }
      if (at + 2 < tokens.size()
          && tokens.get(at + 1).isSign('.')
          && tokens.get(at + 2).mayBeName()) {
        qualified.add(new TableName(name, tokens.get(at + 2).text()));
      } else if (!tokens.get(at - 1).isSign('.')) {
        bare.add(name);
      }
    }
  }
}
