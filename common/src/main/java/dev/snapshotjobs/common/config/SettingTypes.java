package dev.snapshotjobs.common.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/// Which converter reads which type of setting. A type without one is a mistake in a job, found by
/// its first test.
final class SettingTypes {

  private static final Map<Class<?>, SettingConverter<?>> BY_TYPE =
      Map.ofEntries(
          Map.entry(String.class, new Simple<>("text", text -> text)),
          Map.entry(Path.class, new Simple<>("a path", Path::of)),
          Map.entry(URI.class, new Simple<>("a URI", URI::create)),
          Map.entry(ZoneId.class, new Simple<>("a time zone such as Europe/Berlin", ZoneId::of)),
          Map.entry(int.class, new Simple<>("a whole number", Integer::valueOf)),
          Map.entry(Integer.class, new Simple<>("a whole number", Integer::valueOf)),
          Map.entry(long.class, new Simple<>("a whole number", Long::valueOf)),
          Map.entry(Long.class, new Simple<>("a whole number", Long::valueOf)),
          Map.entry(boolean.class, new Simple<>("true, false", SettingTypes::truth)),
          Map.entry(Boolean.class, new Simple<>("true, false", SettingTypes::truth)),
          Map.entry(Duration.class, new DurationConverter()),
          Map.entry(Instant.class, new InstantConverter()),
          Map.entry(ByteSize.class, new ByteSizeConverter()),
          Map.entry(Secret.class, new SecretFileConverter()));

  private SettingTypes() {}

  static SettingConverter<?> converter(Class<?> type) {
    SettingConverter<?> known = BY_TYPE.get(type);
    if (known != null) {
      return known;
    }
    return choice(type)
        .orElseThrow(() -> new IllegalArgumentException("no SettingConverter for " + type));
  }

  /// Enum constants go by their `toString`, which a job writes as people type it.
  private static Optional<SettingConverter<?>> choice(Class<?> type) {
    Object[] constants = type.getEnumConstants();
    if (constants == null) {
      return Optional.empty();
    }
    Map<String, Object> byName =
        Arrays.stream(constants).collect(Collectors.toMap(Object::toString, Function.identity()));
    String allowed =
        Arrays.stream(constants).map(Object::toString).collect(Collectors.joining(", "));
    return Optional.of(
        new Simple<>(
            allowed,
            text -> Optional.ofNullable(byName.get(text)).orElseThrow(() -> notOneOf(text))));
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw notOneOf(text);
    };
  }

  private static IllegalArgumentException notOneOf(String text) {
    return new IllegalArgumentException(text);
  }

  private record Simple<T>(String allowed, Function<String, T> reading)
      implements SettingConverter<T> {

    @Override
    public T convert(String value) {
      if (value.isBlank()) {
        throw new TypeConversionException("is given, but empty");
      }
      try {
        return reading.apply(value);
      } catch (RuntimeException e) {
        throw new TypeConversionException("'" + value + "' is not " + expected());
      }
    }

    private String expected() {
      return allowed.contains(", ") ? "one of the choices" : allowed;
    }
  }
}
