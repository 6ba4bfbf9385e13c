package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.Event;
import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidFlags;
import dev.snapshotjobs.common.binlog.XaId;
import dev.snapshotjobs.restore.SqlTokens.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads the logs of a recovery, from its base on, for what a replay cannot follow: statements that
/// use a temporary table which was made before the base, and so is not in it; tables of engines
/// whose rows are not in the data, or not on this server. And for what is begun and not ended.
final class ReplayObstacles {
  /// Engines whose rows are computed, or gone when the server is.
  private static final Set<String> NOT_KEPT = Set.of("MEMORY", "OQGRAPH");

  /// How a server drops the temporary tables of a session that ends.
  private static final String END_OF_SESSION = "DROP /*!40005 TEMPORARY */ TABLE ";

  private static final int TOLD = 10;

  /// A session, by the server that it was on.
  private record Session(long server, long connection) {}

  /// The temporary tables that were made since the base, and are there.
  private final Map<Session, Set<String>> made = new HashMap<>();

  private final Map<XaId, Gtid> prepared = new LinkedHashMap<>();
  private final Set<Gtid> altering = new LinkedHashSet<>();
  private final List<String> told = new ArrayList<>();
  private long found;

  void accept(Event event) {
    switch (event.body()) {
      case EventBody.GtidBegin begin -> note(begin);
      case EventBody.Query query when event.header().ofSession() ->
          ofSession(new Session(event.header().serverId(), query.connection()), event, query);
      case EventBody.Query query -> engine(event, query);
      default -> {} // is followed
    }
  }

  /// Of these the second half may lie behind the cut.
  private void note(EventBody.GtidBegin begin) {
    GtidFlags flags = begin.flags();
    if (flags.preparedXa()) {
      prepared.put(begin.xaId(), begin.gtid());
    } else if (flags.completedXa()) {
      prepared.remove(begin.xaId());
    }
    if (flags.startsAlter()) {
      altering.add(begin.gtid());
    } else if (flags.commitsAlter() || flags.rollsAlterBack()) {
      altering.remove(
          new Gtid(begin.gtid().domainId(), begin.gtid().serverId(), begin.startAlter()));
    }
  }

  /// What was found, a sentence each without its full stop; the first of them, and how many more.
  List<String> told() {
    List<String> all = new ArrayList<>(told);
    if (found > told.size()) {
      all.add("%,d more of the kind".formatted(found - told.size()));
    }
    prepared.forEach(
        (xa, gtid) ->
            all.add(
                "the distributed transaction of %s is prepared and not ended: XA RECOVER shows it then"
                    .formatted(gtid)));
    altering.forEach(
        gtid ->
            all.add("the ALTER of %s is begun and not ended, and takes no effect".formatted(gtid)));
    return all;
  }

  private void ofSession(Session session, Event event, EventBody.Query query) {
    List<Token> tokens = SqlTokens.of(query);
    Words words = new Words(tokens, query.database());
    if (words.at(0, "CREATE") && words.has("TEMPORARY")) {
      made.computeIfAbsent(session, _ -> new HashSet<>()).addAll(words.firstTable());
    } else if (words.at(0, "DROP")) {
      for (String table : words.tables()) {
        if (!drop(session, table) && query.statement().startsWith(END_OF_SESSION)) {
          tell(event, "the temporary table %s was made before the snapshot".formatted(table));
        }
      }
    } else if (!made.containsKey(session) && !words.has("CONNECTION_ID")) {
      tell(
          event,
          "a temporary table that was made before the snapshot is used by: "
              + OneLine.of(query.statement()));
    } else if (words.at(0, "ALTER") || words.at(0, "RENAME")) {
      // It may have another name now.
      made.computeIfAbsent(session, _ -> new HashSet<>()).addAll(words.names());
    }
  }

  private boolean drop(Session session, String table) {
    Set<String> tables = made.getOrDefault(session, new HashSet<>());
    boolean known = tables.remove(table);
    if (tables.isEmpty()) {
      made.remove(session);
    }
    return known;
  }

  private void engine(Event event, EventBody.Query query) {
    List<Token> tokens = SqlTokens.of(query);
    Words words = new Words(tokens, query.database());
    if (!words.at(0, "CREATE") && !words.at(0, "ALTER")) {
      return;
    }
    SqlTokens.engine(tokens)
        .filter(engine -> NOT_KEPT.contains(engine) || IgnoredTables.REMOTE.contains(engine))
        .ifPresent(
            engine ->
                tell(
                    event,
                    "table %s has the engine %s"
                        .formatted(String.join("", words.firstTable()), engine)));
  }

  private void tell(Event event, String what) {
    found++;
    if (told.size() < TOLD) {
      told.add(
          "%s, at offset %d: %s".formatted(event.header().time(), event.header().offset(), what));
    }
  }

  /// The words of a statement on tables.
  private record Words(List<Token> tokens, String database) {
    private static final Set<String> BEFORE_A_NAME =
        Set.of("IF", "NOT", "EXISTS", "TABLE", "TABLES");

    boolean at(int index, String word) {
      return index < tokens.size() && tokens.get(index).is(word);
    }

    boolean has(String word) {
      return tokens.stream().anyMatch(token -> token.is(word));
    }

    /// The table that comes first, with its database; at most one.
    List<String> firstTable() {
      return tables().stream().limit(1).toList();
    }

    /// The tables of the list behind TABLE, each with its database.
    List<String> tables() {
      int at = 0;
      while (at < tokens.size() && !tokens.get(at).is("TABLE")) {
        at++;
      }
      List<String> tables = new ArrayList<>();
      boolean wanted = true;
      while (at < tokens.size() && wanted) {
        at = table(SqlTokens.behind(tokens, at, BEFORE_A_NAME), tables);
        wanted = at < tokens.size() && tokens.get(at).isSign(',');
        at++;
      }
      return tables;
    }

    private int table(int at, List<String> tables) {
      Optional<SqlTokens.Qualified> found = SqlTokens.nameAt(tokens, at, database);
      found.ifPresent(
          name -> tables.add((name.database() + "." + name.name()).toLowerCase(Locale.ROOT)));
      return found.map(SqlTokens.Qualified::behind).orElse(tokens.size());
    }

    /// Whatever may be a table of the session's database.
    List<String> names() {
      return tokens.stream()
          .filter(Token::mayBeName)
          .map(token -> (database + "." + token.text()).toLowerCase(Locale.ROOT))
          .toList();
    }
  }
}
