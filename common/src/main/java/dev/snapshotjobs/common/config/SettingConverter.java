package dev.snapshotjobs.common.config;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads one type of setting. The message of what it throws completes the sentence "--max-hold
/// (MAX_HOLD): …" and shows the value; [#allowed] says what would be right.
public interface SettingConverter<T> extends ITypeConverter<T> {

  /// What one may write, for messages and for the reference.
  String allowed();

  @Override
  T convert(String value) throws TypeConversionException;
}
