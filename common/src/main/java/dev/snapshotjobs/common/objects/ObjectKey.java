package dev.snapshotjobs.common.objects;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The name of an object below the prefix of the jobs: segments with slashes between them.
public record ObjectKey(String value) implements Comparable<ObjectKey> {

  /// S3 allows 1024 bytes, of which the prefix takes some.
  private static final int LONGEST = 512;

  public ObjectKey {
    for (String segment : value.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException("a key has no segment '" + segment + "': " + value);
      }
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a key has no control characters: " + value);
    }
    if (value.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new IllegalArgumentException("a key has at most " + LONGEST + " bytes: " + value);
    }
  }

  /// Empty for keys that only others use, with two slashes in a row for instance.
  static Optional<ObjectKey> parse(String value) {
    try {
      return Optional.of(new ObjectKey(value));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public int compareTo(ObjectKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
