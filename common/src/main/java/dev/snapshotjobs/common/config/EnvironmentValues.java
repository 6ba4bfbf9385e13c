package dev.snapshotjobs.common.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/// What the environment says about the settings of one command.
///
/// Values are tried here, before picocli gets them as defaults: picocli stops at the first wrong
/// default, and never looks at one when an argument was wrong.
final class EnvironmentValues implements IDefaultValueProvider {

  private final Environment environment;
  private final List<String> args;
  private final Masking masking;
  private final Problems problems;
  private final Map<String, String> accepted = new LinkedHashMap<>();
  private final Map<String, Secret> secrets = new LinkedHashMap<>();

  EnvironmentValues(
      Environment environment, List<String> args, Masking masking, Problems problems) {
    this.environment = environment;
    this.args = List.copyOf(args);
    this.masking = masking;
    this.problems = problems;
  }

  void read(CommandSpec command) {
    KnownSettings.SECRETS.forEach(name -> plain(name).ifPresent(masking::conceal));
    Setting.of(command).forEach(this::read);
  }

  private void read(Setting setting) {
    boolean given = setting.isGivenIn(args);
    Optional<String> value =
        setting.argumentOnly() || given ? Optional.empty() : environment.get(setting.variable());
    boolean plain = setting.secret() && readPlainSecret(setting, given || value.isPresent());
    value
        .filter(text -> isRight(setting, text))
        .ifPresent(text -> accepted.put(setting.name(), text));
    if (setting.option().required() && !given && !plain && value.isEmpty()) {
      String other = setting.secret() ? ", nor is " + setting.plainVariable() : "";
      problems.add(
          setting.name(), "is required, but not set" + other, setting.converter().allowed());
    }
  }

  /// Whether the variable with the secret itself is set.
  private boolean readPlainSecret(Setting setting, boolean fileToo) {
    Optional<Secret> secret = plain(setting.plainVariable());
    secret.ifPresent(masking::conceal);
    secret.ifPresent(value -> secrets.put(setting.name(), value));
    if (secret.isPresent() && fileToo) {
      problems.add(
          setting.name(), "is set, and so is " + setting.plainVariable(), "only one of the two");
    }
    return secret.isPresent();
  }

  private Optional<Secret> plain(String variable) {
    return environment.get(variable).map(Secret::of);
  }

  private boolean isRight(Setting setting, String value) {
    for (String part : setting.parts(value)) {
      try {
        if (setting.converter().convert(part) instanceof Secret secret) {
          masking.conceal(secret);
        }
      } catch (TypeConversionException e) {
        problems.add(setting.name(), String.valueOf(e.getMessage()), setting.converter().allowed());
        return false;
      }
    }
    return true;
  }

  /// Not for what the arguments set: picocli would negate a flag whose default is already true.
  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option ? accepted.get(option.longestName()) : null;
  }

  /// The raw value of a setting that was accepted, for what must be known in spite of problems.
  Optional<String> accepted(String option) {
    return Optional.ofNullable(accepted.get(option));
  }

  Optional<Secret> secret(Setting setting) {
    return Optional.ofNullable(secrets.get(setting.name()));
  }
}
