package dev.snapshotjobs.common.config;

import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// The name of one protected database. It becomes part of object names, labels and bucket keys,
/// hence its alphabet; 40 characters leave room for what is appended to it within 63.
public final class InstanceConverter implements SettingConverter<String> {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final int LONGEST = 40;

  @Override
  public String allowed() {
    return "lower case letters, digits and '-' inside, at most 40 characters, such as shop-db";
  }

  @Override
  public String convert(String value) {
    if (value.length() > LONGEST) {
      throw new TypeConversionException(
          "'" + value + "' is " + value.length() + " characters long");
    }
    if (!NAME.matcher(value).matches()) {
      throw new TypeConversionException("'" + value + "' is not the name of an instance");
    }
    return value;
  }
}
