package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One JSON object, of which each field is read with a complaint that names it. Fields that nobody
/// asks for are ignored: a later version of the same format may have more.
final class Fields {
  private static final int SHOWN = 60;

  private final String object;
  private final String path;
  private final JsonNode node;

  private Fields(String object, String path, JsonNode node) {
    this.object = object;
    this.path = path;
    this.node = node;
  }

  /// @param path what comes before the name of a field in a complaint
  static Fields of(String object, String path, @Nullable JsonNode node)
      throws ArchiveFormatException {
    if (node == null || !node.isObject() || node.size() > ArchiveLimits.FIELDS) {
      throw new ArchiveFormatException(
          Fault.BAD_FIELD,
          object,
          (path.isEmpty() ? "" : "field '" + path + "': ")
              + "expected an object, found "
              + node(node));
    }
    return new Fields(object, path.isEmpty() ? "" : path + ".", node);
  }

  void checkFormat() throws ArchiveFormatException {
    long format = number("format", 1, Integer.MAX_VALUE);
    if (format > Json.FORMAT) {
      throw newer(object, format);
    }
  }

  static ArchiveFormatException newer(String object, long format) {
    return new ArchiveFormatException(
        Fault.NEWER_FORMAT,
        object,
        ("has format %d, and this version knows formats up to %d; upgrade to the version that wrote"
                + " it, or to a newer one")
            .formatted(format, Json.FORMAT));
  }

  boolean has(String name) {
    JsonNode value = node.get(name);
    return value != null && !value.isNull();
  }

  String text(String name, int longest) throws ArchiveFormatException {
    JsonNode value = node.get(name);
    if (value == null || !value.isString() || !Names.isUnicode(value.stringValue())) {
      throw wrong(name, "a text");
    }
    if (value.stringValue().length() > longest) {
      throw wrong(name, "at most " + longest + " characters");
    }
    return value.stringValue();
  }

  /// A text that is something, such as a GTID.
  <T> T value(String name, int longest, Function<String, T> parse) throws ArchiveFormatException {
    String text = text(name, longest);
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new ArchiveFormatException(
          Fault.BAD_FIELD, object, "field '" + path + name + "': " + e.getMessage(), e);
    }
  }

  Instant instant(String name) throws ArchiveFormatException {
    return value(name, 50, Instant::parse);
  }

  String sha256(String name) throws ArchiveFormatException {
    return value(name, 64, Sha256::checked);
  }

  long count(String name) throws ArchiveFormatException {
    return number(name, 0, Long.MAX_VALUE);
  }

  long number(String name, long least, long most) throws ArchiveFormatException {
    JsonNode value = node.get(name);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(name, "a whole number");
    }
    long number = value.longValue();
    if (number < least || number > most) {
      throw wrong(
          name, most == Long.MAX_VALUE ? "at least " + least : "from " + least + " to " + most);
    }
    return number;
  }

  boolean flag(String name) throws ArchiveFormatException {
    JsonNode value = node.get(name);
    if (value == null || !value.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return value.booleanValue();
  }

  Fields in(String name) throws ArchiveFormatException {
    return of(object, path + name, node.get(name));
  }

  Optional<Fields> optional(String name) throws ArchiveFormatException {
    return has(name) ? Optional.of(in(name)) : Optional.empty();
  }

  List<Fields> list(String name, int most) throws ArchiveFormatException {
    JsonNode value = node.get(name);
    if (value == null || !value.isArray()) {
      throw wrong(name, "a list");
    }
    if (value.size() > most) {
      throw wrong(name, "at most " + most + " elements");
    }
    List<Fields> all = new ArrayList<>(value.size());
    for (JsonNode element : value) {
      all.add(of(object, path + name + "[" + all.size() + "]", element));
    }
    return all;
  }

  /// All fields of this object, each of which must be a text.
  Map<String, String> texts() throws ArchiveFormatException {
    Map<String, String> all = new TreeMap<>();
    for (String name : node.propertyNames()) {
      all.put(name, text(name, ArchiveLimits.CATALOGUE_ENTRY));
    }
    return all;
  }

  /// Makes the value whose parts have been read, and takes its objections as those of this object.
  <T> T made(Supplier<T> value) throws ArchiveFormatException {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      String where = path.isEmpty() ? "" : "field '" + path.substring(0, path.length() - 1) + "': ";
      throw new ArchiveFormatException(Fault.BAD_FIELD, object, where + e.getMessage(), e);
    }
  }

  ArchiveFormatException wrong(String name, String expected) {
    return new ArchiveFormatException(
        Fault.BAD_FIELD,
        object,
        "field '%s%s': expected %s, found %s"
            .formatted(path, name, expected, node(node.get(name))));
  }

  private static String node(@Nullable JsonNode found) {
    if (found == null || found.isMissingNode()) {
      return "nothing";
    }
    if (found.isContainer()) {
      return (found.isArray() ? "a list" : "an object") + " of " + found.size();
    }
    String text = found.asString();
    return Names.quoted(text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…");
  }
}
