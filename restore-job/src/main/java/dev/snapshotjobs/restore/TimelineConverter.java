package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.config.SettingConverter;
import picocli.CommandLine.TypeConversionException;

/// The number of a timeline.
final class TimelineConverter implements SettingConverter<TimelineId> {
  @Override
  public String allowed() {
    return "four digits, such as 0001";
  }

  @Override
  public TimelineId convert(String value) {
    try {
      return TimelineId.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + value + "' is no timeline");
    }
  }
}
