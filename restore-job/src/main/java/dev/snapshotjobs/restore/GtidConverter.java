package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.config.SettingConverter;
import picocli.CommandLine.TypeConversionException;

/// One GTID, as find and the server print it.
final class GtidConverter implements SettingConverter<Gtid> {
  @Override
  public String allowed() {
    return "domain-server-sequence, such as 0-1-100";
  }

  @Override
  public Gtid convert(String value) {
    try {
      return Gtid.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
