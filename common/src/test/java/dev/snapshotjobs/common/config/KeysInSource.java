package dev.snapshotjobs.common.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The names that the sources of a module write, for the documents that have to list them.
public final class KeysInSource {
  private static final Pattern LOGGED = Pattern.compile("addKeyValue\\(\\s*\"([^\"]+)\"");

  private KeysInSource() {}

  /// The fields that a module logs.
  public static Set<String> logged() throws IOException {
    return of(LOGGED, "*.java");
  }

  /// What a pattern finds in the files of a name.
  ///
  /// @param pattern whose first group is the name
  /// @param files a glob of the file's name
  public static Set<String> of(Pattern pattern, String files) throws IOException {
    Set<String> keys = new TreeSet<>();
    Path sources = Path.of("src/main/java");
    PathMatcher wanted = sources.getFileSystem().getPathMatcher("glob:" + files);
    try (Stream<Path> all = Files.walk(sources)) {
      for (Path source : all.filter(path -> wanted.matches(path.getFileName())).toList()) {
        Matcher key = pattern.matcher(Files.readString(source));
        while (key.find()) {
          keys.add(key.group(1));
        }
      }
    }
    return keys;
  }
}
