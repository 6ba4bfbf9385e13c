package dev.snapshotjobs.common.archive;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// What may become a part of a key. A name that could lead out of its place, or that a person
/// cannot read, is refused.
final class Names {
  private static final Pattern INSTANCE = Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?");

  /// As Kubernetes wants it of an object, without dots: what comes after one in a key is not part
  /// of the name.
  private static final Pattern SNAPSHOT = Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,251}[a-z0-9])?");

  private static final int LONGEST = 255;

  private Names() {}

  static String instance(String name) {
    if (!INSTANCE.matcher(name).matches()) {
      throw new IllegalArgumentException(quoted(name) + " is not the name of an instance");
    }
    return name;
  }

  static String snapshot(String name) {
    if (!SNAPSHOT.matcher(name).matches()) {
      throw new IllegalArgumentException(quoted(name) + " is not the name of one of our snapshots");
    }
    return name;
  }

  /// Checks what shall stand between two slashes.
  static String segment(String name) {
    if (name.isEmpty() || name.length() > LONGEST || !isUnicode(name)) {
      throw new IllegalArgumentException(quoted(name) + " cannot be part of a key: its length");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new IllegalArgumentException(quoted(name) + " cannot be part of a key: its length");
    }
    if (name.equals(".") || name.contains("..") || !name.codePoints().allMatch(Names::isPlain)) {
      throw new IllegalArgumentException(quoted(name) + " cannot be part of a key");
    }
    return name;
  }

  /// Whether the text has no half of a character, which no encoding could keep.
  static boolean isUnicode(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static boolean isPlain(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> character != '/' && character != '\\';
    };
  }

  /// For a message: short, and without what would garble a log.
  static String quoted(String name) {
    String shown = name.length() <= 80 ? name : name.substring(0, 80) + "…";
    return "'" + shown.replaceAll("[^\\p{Print}\\p{L}\\p{N}…]", "?") + "'";
  }
}
