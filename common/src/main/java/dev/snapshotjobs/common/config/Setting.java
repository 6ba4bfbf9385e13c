package dev.snapshotjobs.common.config;

import java.lang.reflect.AnnotatedElement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// One setting: a picocli option together with the environment variable derived from it.
///
/// A setting of type [Secret] is declared as the option that names its file, `--x-password-file`;
/// besides `X_PASSWORD_FILE` the variable `X_PASSWORD` may then hold the value itself. There is no
/// option for the value: command lines are visible to every process of the machine.
record Setting(OptionSpec option) {

  private static final String FILE = "_FILE";

  Setting {
    if (isSecret(option) && !option.longestName().endsWith("-file")) {
      throw new IllegalArgumentException(
          "a secret is given as a file, so its option ends with -file: " + option.longestName());
    }
  }

  /// The settings of a command in the order of their declaration, without --help and --version.
  static List<Setting> of(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .map(Setting::new)
        .toList();
  }

  static String variableOf(String option) {
    return option.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  String name() {
    return option.longestName();
  }

  /// Meaningless when [#argumentOnly].
  String variable() {
    return variableOf(name());
  }

  boolean argumentOnly() {
    return option.userObject() instanceof AnnotatedElement element
        && element.isAnnotationPresent(ArgumentOnly.class);
  }

  boolean secret() {
    return isSecret(option);
  }

  /// The variable that holds the secret itself, not the name of its file.
  String plainVariable() {
    return variable().substring(0, variable().length() - FILE.length());
  }

  /// Every variable that sets this setting.
  List<String> variables() {
    if (argumentOnly()) {
      return List.of();
    }
    return secret() ? List.of(variable(), plainVariable()) : List.of(variable());
  }

  boolean isFlag() {
    return option.arity().max() == 0;
  }

  SettingConverter<?> converter() {
    return option.converters().length > 0
            && option.converters()[0] instanceof SettingConverter<?> converter
        ? converter
        : SettingTypes.converter(elementType());
  }

  Class<?> elementType() {
    return option.auxiliaryTypes()[0];
  }

  /// Whether `args` name this option, be its value right or wrong.
  boolean isGivenIn(List<String> args) {
    return List.of(option.names()).stream()
        .anyMatch(name -> args.stream().anyMatch(a -> a.equals(name) || a.startsWith(name + "=")));
  }

  /// The parts of a value, where the option takes several.
  List<String> parts(String value) {
    return option.splitRegex().isEmpty()
        ? List.of(value)
        : List.of(value.split(option.splitRegex()));
  }

  /// The declared default as one would type it.
  Optional<String> defaultValue() {
    if (option.defaultValue() != null) {
      return Optional.of(option.defaultValue());
    }
    return Optional.ofNullable(option.initialValue())
        .filter(value -> !Boolean.FALSE.equals(value))
        .map(Setting::shown)
        .filter(value -> !value.isEmpty());
  }

  /// A value as one would type it; secrets as `****`.
  static String shown(Object value) {
    return value instanceof Duration duration
        ? DurationConverter.format(duration)
        : String.valueOf(value);
  }

  private static boolean isSecret(OptionSpec option) {
    return option.type() == Secret.class;
  }
}
