package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.SettingConverter;
import picocli.CommandLine.TypeConversionException;

/// The name that a restore is to have, which its Job, its pods and its volume bear.
final class RestoreIdConverter implements SettingConverter<String> {
  @Override
  public String allowed() {
    return "lower case letters, digits and '-' inside, at most %d characters"
        .formatted(Restore.LONGEST_ID);
  }

  @Override
  public String convert(String value) {
    if (!Restore.isId(value)) {
      throw new TypeConversionException(
          "'" + value + "' cannot be the name of a Job and of its pods");
    }
    return value;
  }
}
