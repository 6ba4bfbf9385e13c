package dev.snapshotjobs.common.config;

import java.util.List;
import picocli.CommandLine.TypeConversionException;

/// What all keys of the jobs begin with: segments without a slash around them.
public final class KeyPrefixConverter implements SettingConverter<String> {

  private static final int LONGEST = 512;

  @Override
  public String allowed() {
    return "segments with '/' between them, such as backups/mariadb; no '.', '..' or empty segment";
  }

  @Override
  public String convert(String value) {
    String prefix = value.replaceFirst("^/", "").replaceFirst("/$", "");
    if (prefix.length() > LONGEST) {
      throw new TypeConversionException("is longer than " + LONGEST + " characters");
    }
    for (String segment : List.of(prefix.split("/", -1))) {
      if (segment.isBlank() || segment.equals(".") || segment.equals("..")) {
        throw new TypeConversionException("'" + value + "' has the segment '" + segment + "'");
      }
    }
    if (prefix.chars().anyMatch(Character::isISOControl)) {
      throw new TypeConversionException("has a control character");
    }
    return prefix;
  }
}
