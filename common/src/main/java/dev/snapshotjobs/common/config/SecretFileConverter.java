package dev.snapshotjobs.common.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.TypeConversionException;

/// Reads a secret from the file that the setting names, without the newline that editors and `echo`
/// leave at its end.
public final class SecretFileConverter implements SettingConverter<Secret> {

  private static final long LARGEST = 64 * 1024;

  @Override
  public String allowed() {
    return "a file that holds the secret and nothing else";
  }

  @Override
  public Secret convert(String value) {
    String shown = shown(value);
    try {
      Path file = Path.of(value);
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        throw new TypeConversionException(shown + " is not a file that this process can read");
      }
      // A wrong mount (a database, a log) must not be read into memory as a password.
      if (Files.size(file) > LARGEST) {
        throw new TypeConversionException(shown + " is larger than 64 KiB");
      }
      String secret = withoutLastNewline(Files.readString(file));
      if (secret.isEmpty()) {
        throw new TypeConversionException(shown + " is empty");
      }
      return Secret.of(secret);
    } catch (CharacterCodingException e) {
      throw new TypeConversionException(shown + " is not UTF-8 text");
    } catch (IOException | InvalidPathException e) {
      throw new TypeConversionException(shown + " cannot be read");
    }
  }

  /// People put the secret itself where its file is asked for; so only what is plainly a path is
  /// shown.
  private static String shown(String value) {
    return value.startsWith("/") ? "'" + value + "'" : "the value (not shown, may be the secret)";
  }

  private static String withoutLastNewline(String text) {
    if (text.endsWith("\r\n")) {
      return text.substring(0, text.length() - 2);
    }
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
