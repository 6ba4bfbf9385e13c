package dev.snapshotjobs.common.config;

import picocli.CommandLine.TypeConversionException;

/// TCP ports.
public final class PortConverter implements SettingConverter<Integer> {

  @Override
  public String allowed() {
    return "1 to 65535";
  }

  @Override
  public Integer convert(String value) {
    if (value.matches("\\d{1,5}")) {
      int port = Integer.parseInt(value);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    }
    throw new TypeConversionException("'" + value + "' is not a port");
  }
}
