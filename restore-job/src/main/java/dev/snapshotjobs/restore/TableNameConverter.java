package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.SettingConverter;
import picocli.CommandLine.TypeConversionException;

/// A table with its database.
final class TableNameConverter implements SettingConverter<TableName> {
  @Override
  public String allowed() {
    return "database.table, such as shop.orders";
  }

  @Override
  public TableName convert(String value) {
    try {
      return TableName.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + value + "' does not name a database and a table");
    }
  }
}
