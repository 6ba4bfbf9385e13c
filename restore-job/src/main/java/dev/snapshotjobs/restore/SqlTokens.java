package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.EventBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The words, names and signs of a statement, without its comments and strings. What stands in a
/// comment that a server executes belongs to the statement. A statement that is cut off has the
/// tokens up to there.
final class SqlTokens {
  /// One token.
  ///
  /// @param text of a name without its quotes
  record Token(Kind kind, String text) {
    /// Whether it is this word of the language, which is never quoted.
    boolean is(String word) {
      return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    boolean isSign(char sign) {
      return kind == Kind.SIGN && text.charAt(0) == sign;
    }

    /// Whether it may name something.
    boolean mayBeName() {
      return kind != Kind.SIGN;
    }

    String upper() {
      return text.toUpperCase(Locale.ROOT);
    }
  }

  enum Kind {
    /// Of the language, or a name without quotes.
    WORD,
    NAME,
    SIGN
  }

  /// A name, with the database that it stands in.
  ///
  /// @param behind the index of the token that follows it
  record Qualified(String database, String name, int behind) {}

  /// The name that begins at an index; empty if none does.
  ///
  /// @param database of a name without one
  static Optional<Qualified> nameAt(List<Token> tokens, int at, String database) {
    if (at >= tokens.size() || !tokens.get(at).mayBeName()) {
      return Optional.empty();
    }
    boolean qualified =
        at + 2 < tokens.size() && tokens.get(at + 1).isSign('.') && tokens.get(at + 2).mayBeName();
    return Optional.of(
        qualified
            ? new Qualified(tokens.get(at).text(), tokens.get(at + 2).text(), at + 3)
            : new Qualified(database, tokens.get(at).text(), at + 1));
  }

  /// The first index from which on none of the words stands.
  static int behind(List<Token> tokens, int from, Set<String> words) {
    int at = from;
    while (at < tokens.size()
        && tokens.get(at).kind() == Kind.WORD
        && words.contains(tokens.get(at).upper())) {
      at++;
    }
    return at;
  }

  /// The engine that a CREATE or ALTER names, in capitals.
  static Optional<String> engine(List<Token> tokens) {
    for (int at = 0; at + 1 < tokens.size(); at++) {
      if (tokens.get(at).is("ENGINE")) {
        Token next = tokens.get(at + 1);
        Token value = next.isSign('=') && at + 2 < tokens.size() ? tokens.get(at + 2) : next;
        return Optional.of(value.upper());
      }
    }
    return Optional.empty();
  }

  private final String sql;
  private final boolean escapes;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private SqlTokens(String sql, boolean escapes) {
    this.sql = sql;
    this.escapes = escapes;
  }

  static List<Token> of(EventBody.Query query) {
    return of(query.statement(), query.escapes());
  }

  /// @param escapes whether a backslash in a string escapes what follows
  static List<Token> of(String sql, boolean escapes) {
    SqlTokens reader = new SqlTokens(sql, escapes);
    while (reader.at < sql.length()) {
      reader.next();
    }
    return reader.tokens;
  }

  private void next() {
    char c = sql.charAt(at);
    if (c == '/' && sql.startsWith("/*", at)) {
      comment();
    } else if (c == '*' && sql.startsWith("*/", at)) {
      at += 2; // the end of a comment that is executed
    } else if (c == '#' || (sql.startsWith("--", at) && isBlank(at + 2))) {
      int end = sql.indexOf('\n', at);
      at = end < 0 ? sql.length() : end + 1;
    } else if (c == '`') {
      add(Kind.NAME, quoted('`', false));
    } else if (c == '"') {
      add(Kind.NAME, quoted('"', escapes)); // a string, or with ANSI_QUOTES a name
    } else if (c == '\'') {
      quoted('\'', escapes);
    } else if (isOfWord(c)) {
      int start = at;
      while (at < sql.length() && isOfWord(sql.charAt(at))) {
        at++;
      }
      add(Kind.WORD, sql.substring(start, at));
    } else {
      at++;
      if (!Character.isWhitespace(c)) {
        add(Kind.SIGN, String.valueOf(c));
      }
    }
  }

  private void comment() {
    int code = sql.startsWith("/*!", at) ? at + 3 : sql.startsWith("/*M!", at) ? at + 4 : -1;
    if (code < 0) {
      int end = sql.indexOf("*/", at + 2);
      at = end < 0 ? sql.length() : end + 2;
      return;
    }
    at = code;
    while (at < sql.length() && Character.isDigit(sql.charAt(at))) {
      at++; // from which version on
    }
  }

  private String quoted(char quote, boolean withEscapes) {
    StringBuilder text = new StringBuilder();
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at++);
      if (c == '\\' && withEscapes && at < sql.length()) {
        text.append(sql.charAt(at++));
      } else if (c != quote) {
        text.append(c);
      } else if (at < sql.length() && sql.charAt(at) == quote) {
        text.append(quote);
        at++;
      } else {
        break;
      }
    }
    return text.toString();
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text));
  }

  private boolean isBlank(int index) {
    return index >= sql.length() || sql.charAt(index) <= ' ';
  }

  private static boolean isOfWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c >= 0x80;
  }
}
