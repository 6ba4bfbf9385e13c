package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.restore.SqlTokens.Token;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Tables whose changes a replay leaves out: their rows are not in the data (MEMORY) or not on this
/// server (FEDERATED and its like). A server told to ignore them would go on ignoring a table of
/// the same name that is another one, so that is refused.
final class IgnoredTables {
  private static final Set<String> ENGINES =
      Set.of("FEDERATED", "SPIDER", "CONNECT", "S3", "SPHINX", "MROONGA");

  private static final Set<String> BEFORE_A_NAME = Set.of("IF", "NOT", "EXISTS");

  private final Set<String> tables;

  /// @param base as `database.table`
  IgnoredTables(Collection<String> base) {
    tables = new TreeSet<>();
    base.forEach(table -> tables.add(table.toLowerCase(Locale.ROOT)));
  }

  List<String> all() {
    return List.copyOf(tables);
  }

  void follow(EventBody.Query query) throws IOException {
    List<Token> tokens = SqlTokens.of(query.statement());
    if (tokens.size() < 3) {
      return;
    }
    switch (tokens.getFirst().upper()) {
      case "CREATE" -> create(query, tokens);
      case "ALTER", "RENAME" -> {
        if (tokens.get(1).is("TABLE") || tokens.get(1).is("TABLES")) {
          refuse(query, tokens, 1);
        }
      }
      default -> {} // makes no table another one
    }
  }

  private void create(EventBody.Query query, List<Token> tokens) throws IOException {
    int at = 1;
    while (at < tokens.size() && at < 4 && !tokens.get(at).is("TABLE")) {
      if (tokens.get(at).is("TEMPORARY")) {
        return;
      }
      at++;
    }
    if (at >= tokens.size() || !tokens.get(at).is("TABLE")) {
      return;
    }
    String engine = engine(tokens);
    if (ENGINES.contains(engine)) {
      tables.add(name(query.database(), tokens, at));
    } else if (!engine.equals("MEMORY")) {
      refuse(query, tokens, at);
    }
  }

  private void refuse(EventBody.Query query, List<Token> tokens, int before) throws IOException {
    String table = name(query.database(), tokens, before);
    if (tables.contains(table)) {
      throw new IOException(
          "table %s is left out of the replay, because its rows are not in the data, and becomes another one by: %s"
              .formatted(table, OneLine.of(query.statement())));
    }
  }

  private static String name(String database, List<Token> tokens, int before) {
    int at = before + 1;
    while (at < tokens.size()
        && tokens.get(at).kind() == SqlTokens.Kind.WORD
        && BEFORE_A_NAME.contains(tokens.get(at).upper())) {
      at++;
    }
    if (at >= tokens.size()) {
      return "";
    }
    boolean qualified = at + 2 < tokens.size() && tokens.get(at + 1).isSign('.');
    String name =
        qualified
            ? tokens.get(at).text() + "." + tokens.get(at + 2).text()
            : database + "." + tokens.get(at).text();
    return name.toLowerCase(Locale.ROOT);
  }

  private static String engine(List<Token> tokens) {
    for (int at = 0; at + 1 < tokens.size(); at++) {
      if (tokens.get(at).is("ENGINE")) {
        Token next = tokens.get(at + 1);
        return (next.isSign('=') && at + 2 < tokens.size() ? tokens.get(at + 2) : next).upper();
      }
    }
    return "";
  }
}
