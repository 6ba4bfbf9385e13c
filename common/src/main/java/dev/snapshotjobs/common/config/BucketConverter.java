package dev.snapshotjobs.common.config;

import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// Names of buckets.
public final class BucketConverter implements SettingConverter<String> {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]");

  @Override
  public String allowed() {
    return "the name of a bucket: 3 to 63 lower case letters, digits, '-' and '.'";
  }

  @Override
  public String convert(String value) {
    if (!NAME.matcher(value).matches() || value.contains("..")) {
      throw new TypeConversionException("'" + value + "' is not the name of a bucket");
    }
    return value;
  }
}
