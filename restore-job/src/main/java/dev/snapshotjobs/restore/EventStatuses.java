package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.restore.SqlTokens.Token;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the events of a scheduler are on the server whose log is read, by the statements in it. A
/// server that applies those statements as a replica does not know it: there every event that they
/// make or alter is disabled ([MariaDB:
/// Events](https://mariadb.com/docs/server/server-usage/stored-routines/event-scheduler/events#events-and-replication)).
final class EventStatuses {
  /// So much of a statement is read; what decides stands before the body of the event.
  static final int STATEMENT = 64 << 10;

  /// As `mysql.event` spells them.
  enum Status {
    ENABLED,
    DISABLED,
    SLAVESIDE_DISABLED
  }

  /// In lower case: names of events do not differ by it, nor those of databases on some servers.
  record Name(String database, String event) {
    Name {
      database = database.toLowerCase(Locale.ROOT);
      event = event.toLowerCase(Locale.ROOT);
    }
  }

  private static final Set<String> BEFORE_A_NAME = Set.of("IF", "NOT", "EXISTS");

  private final Map<Name, Status> statuses;

  /// @param base of the server at the beginning of the first log
  EventStatuses(Map<Name, Status> base) {
    this.statuses = new HashMap<>(base);
  }

  /// Those of all events that there are.
  Map<Name, Status> now() {
    return Map.copyOf(statuses);
  }

  void follow(EventBody.Query query) {
    if (query.statement().length() < 10) {
      return;
    }
    List<Token> tokens = SqlTokens.of(query);
    if (tokens.isEmpty()) {
      return;
    }
    int event = indexOf(tokens, "EVENT", 0, Math.min(body(tokens), firstParenthesis(tokens)));
    switch (tokens.getFirst().upper()) {
      case "CREATE" -> {
        if (event > 0) {
          create(query.database(), tokens, event);
        }
      }
      case "ALTER" -> {
        if (event > 0) {
          alter(query.database(), tokens, event);
        }
      }
      case "DROP" -> {
        if (event == 1) {
          name(query.database(), tokens, event).ifPresent(found -> statuses.remove(found.name));
        } else if (tokens.size() > 2
            && (tokens.get(1).is("DATABASE") || tokens.get(1).is("SCHEMA"))) {
          String dropped = tokens.getLast().text();
          statuses.keySet().removeIf(name -> name.database().equalsIgnoreCase(dropped));
        }
      }
      default -> {} // is of no event
    }
  }

  private record Found(Name name, int behind) {}

  private void create(String database, List<Token> tokens, int event) {
    boolean unlessThere = tokens.size() > event + 1 && tokens.get(event + 1).is("IF");
    name(database, tokens, event)
        .filter(found -> !unlessThere || !statuses.containsKey(found.name))
        .ifPresent(
            found -> statuses.put(found.name, clause(tokens, found.behind).orElse(Status.ENABLED)));
  }

  private void alter(String database, List<Token> tokens, int event) {
    Optional<Found> found = name(database, tokens, event);
    if (found.isEmpty()) {
      return;
    }
    Name name = found.get().name;
    Status status =
        clause(tokens, found.get().behind).orElse(statuses.getOrDefault(name, Status.ENABLED));
    int rename = indexOf(tokens, "RENAME", found.get().behind, body(tokens));
    statuses.remove(name);
    Name now =
        rename > 0 ? name(database, tokens, rename + 1).map(to -> to.name).orElse(name) : name;
    statuses.put(now, status);
  }

  private static Optional<Status> clause(List<Token> tokens, int from) {
    int body = body(tokens);
    for (int at = from; at < body; at++) {
      if (tokens.get(at).is("ENABLE")) {
        return Optional.of(Status.ENABLED);
      }
      if (tokens.get(at).is("DISABLE")) {
        boolean onReplica = at + 1 < body && tokens.get(at + 1).is("ON");
        return Optional.of(onReplica ? Status.SLAVESIDE_DISABLED : Status.DISABLED);
      }
    }
    return Optional.empty();
  }

  /// What is behind DO is the body, in which any word may stand.
  private static int body(List<Token> tokens) {
    int at = indexOf(tokens, "DO", 0, tokens.size());
    return at < 0 ? tokens.size() : at;
  }

  /// A column may be called so, too.
  private static int firstParenthesis(List<Token> tokens) {
    int at = 0;
    while (at < tokens.size() && !tokens.get(at).isSign('(')) {
      at++;
    }
    return at;
  }

  private static int indexOf(List<Token> tokens, String word, int from, int to) {
    for (int at = from; at < to; at++) {
      if (tokens.get(at).is(word)) {
        return at;
      }
    }
    return -1;
  }

  private static Optional<Found> name(String database, List<Token> tokens, int before) {
    return SqlTokens.nameAt(tokens, SqlTokens.behind(tokens, before + 1, BEFORE_A_NAME), database)
        .map(found -> new Found(new Name(found.database(), found.name()), found.behind()));
  }
}
