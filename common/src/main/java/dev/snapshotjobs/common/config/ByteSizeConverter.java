package dev.snapshotjobs.common.config;

import picocli.CommandLine.TypeConversionException;

/// Sizes as Kubernetes quantities.
public final class ByteSizeConverter implements SettingConverter<ByteSize> {

  @Override
  public String allowed() {
    return "a Kubernetes quantity such as 10Gi, 500M or 0.5Gi";
  }

  @Override
  public ByteSize convert(String value) {
    try {
      return ByteSize.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
