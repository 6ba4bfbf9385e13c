package dev.snapshotjobs.common.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// What arguments and environment say about one command object, and all that is wrong with it.
/// Reading sets the fields of the command as far as their values are right.
public final class Configuration {

  private final CommandLine syntax;
  private final ParseResult asked;
  private final Problems problems;
  private final Masking masking = new Masking();
  private final EnvironmentValues values;
  private final List<String> args;
  private boolean checked;

  private Configuration(Object command, List<String> args, Environment environment) {
    this.args = args;
    syntax = CommandSyntax.of(command);
    // First without the environment, to learn what the arguments alone say.
    ParseResult parsed = syntax.parseArgs(args.toArray(String[]::new));
    asked = CommandSyntax.innermost(parsed);
    problems = new Problems(argumentOnly(asked.commandSpec()));
    values = new EnvironmentValues(environment, args, masking, problems);
    if (helpRequested() || versionRequested()) {
      return;
    }
    new ArgumentProblems(parsed, args, problems, masking).collect();
    values.read(asked.commandSpec());
    nearMisses(environment);
    concealSecrets();
    if (problems.isEmpty()) {
      setFields();
    }
  }

  public static Configuration read(Object command, String[] args, Environment environment) {
    return new Configuration(command, List.of(args), environment);
  }

  /// The command object that was asked for: the given one or, if it has subcommands, one of those.
  public Object command() {
    return asked.commandSpec().userObject();
  }

  public boolean helpRequested() {
    return asked.isUsageHelpRequested();
  }

  public boolean versionRequested() {
    return asked.isVersionHelpRequested();
  }

  public String usage() {
    return HelpText.of(asked.commandSpec());
  }

  /// Everything that is wrong. When each setting by itself is right, the rules between settings are
  /// checked too: those of the mixins, then those of the command.
  public Problems problems() {
    if (problems.isEmpty() && !checked) {
      checked = true;
      asked.commandSpec().mixins().values().forEach(mixin -> check(mixin.userObject()));
      check(command());
    }
    return problems;
  }

  private void check(Object settings) {
    if (settings instanceof Checked rules) {
      rules.check(problems);
    }
  }

  /// Knows every secret among the settings.
  public Masking masking() {
    return masking;
  }

  /// The value of one setting as it was typed, if it is right; known in spite of other problems.
  public Optional<String> accepted(String option) {
    return asked.hasMatchedOption(option)
        ? Optional.of(asked.matchedOption(option).stringValues().getFirst())
        : values.accepted(option);
  }

  /// Every setting that has a value, by variable, as one would type it; secrets as `****`.
  public Map<String, String> effective() {
    Map<String, String> effective = new LinkedHashMap<>();
    for (Setting setting : Setting.of(asked.commandSpec())) {
      Object value = setting.option().getValue();
      if (value != null && !value.toString().isEmpty()) {
        effective.put(
            setting.argumentOnly() ? setting.name() : setting.variable(), Setting.shown(value));
      }
    }
    return effective;
  }

  private void setFields() {
    syntax.setDefaultValueProvider(values);
    ParseResult parsed = syntax.parseArgs(args.toArray(String[]::new));
    // Everything was tried before; what is left can only be a mistake of ours, and must be loud.
    CommandSyntax.innermost(parsed).errors().stream()
        .filter(error -> !(error instanceof CommandLine.MissingParameterException))
        .forEach(error -> problems.add("arguments", String.valueOf(error.getMessage()), ""));
    for (Setting setting : Setting.of(asked.commandSpec())) {
      values.secret(setting).ifPresent(secret -> setting.option().setValue(secret));
    }
  }

  private void concealSecrets() {
    for (Setting setting : Setting.of(asked.commandSpec())) {
      if (setting.option().getValue() instanceof Secret secret) {
        masking.conceal(secret);
      }
    }
  }

  private void nearMisses(Environment environment) {
    Set<String> known = new TreeSet<>(KnownSettings.VARIABLES);
    CommandSyntax.settings(syntax).forEach(setting -> known.addAll(setting.variables()));
    NearMisses nearMisses = new NearMisses(known);
    for (String name : new TreeSet<>(environment.variables().keySet())) {
      nearMisses
          .intended(name)
          .ifPresent(near -> problems.add(name, "is no setting, but resembles " + near, near));
    }
  }

  private static Set<String> argumentOnly(CommandSpec spec) {
    return Setting.of(spec).stream()
        .filter(Setting::argumentOnly)
        .map(Setting::name)
        .collect(Collectors.toUnmodifiableSet());
  }
}
