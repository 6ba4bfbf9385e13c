package dev.snapshotjobs.common.config;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says in our words what picocli found wrong with the arguments, never showing what may be a
/// secret that somebody typed.
record ArgumentProblems(ParseResult parsed, List<String> args, Problems problems, Masking masking) {

  void collect() {
    for (ParseResult level = parsed; level != null; level = level.subcommand()) {
      for (Exception error : level.errors()) {
        if (error instanceof ParameterException parameter) {
          collect(parameter);
        }
      }
      unknown(level.unmatched(), level.commandSpec());
    }
    withoutValue(CommandSyntax.innermost(parsed));
    withoutSubcommand(CommandSyntax.innermost(parsed).commandSpec());
  }

  private void collect(ParameterException error) {
    switch (error) {
      // Told by unknown(), which sees all of them at once and shows no values.
      case UnmatchedArgumentException _ -> {}
      // Required settings may come from the environment, so Configuration tells what is missing.
      case MissingParameterException missing -> missingPositional(missing);
      case OverwrittenOptionException twice ->
          problems.add(name(twice.getOverwritten()), "is given more than once", "");
      default -> wrongValue(error);
    }
  }

  private void wrongValue(ParameterException error) {
    if (error.getArgSpec() instanceof OptionSpec option
        && error.getCause() instanceof TypeConversionException conversion) {
      Setting setting = new Setting(option);
      problems.add(
          setting.name(), String.valueOf(conversion.getMessage()), setting.converter().allowed());
    } else {
      problems.add("arguments", String.valueOf(error.getMessage()), "");
    }
  }

  private void missingPositional(MissingParameterException error) {
    error.getMissing().stream()
        .filter(PositionalParamSpec.class::isInstance)
        .forEach(missing -> problems.add(missing.paramLabel(), "is missing", ""));
  }

  private void withoutValue(ParseResult innermost) {
    boolean missing =
        innermost.errors().stream().anyMatch(MissingParameterException.class::isInstance);
    Setting.of(innermost.commandSpec()).stream()
        .filter(setting -> missing && endsWithoutValue(setting))
        .forEach(
            setting -> problems.add(setting.name(), "has no value", setting.converter().allowed()));
  }

  private boolean endsWithoutValue(Setting setting) {
    int at = args.indexOf(setting.name());
    return !setting.isFlag()
        && at >= 0
        && (at == args.size() - 1 || args.get(at + 1).startsWith("--"));
  }

  private void withoutSubcommand(CommandSpec innermost) {
    if (!innermost.subcommands().isEmpty()) {
      problems.add(
          "arguments", "a command is missing", String.join(", ", innermost.subcommands().keySet()));
    }
  }

  /// What follows an unknown option is most likely its value, and maybe a password: not shown.
  private void unknown(List<String> unmatched, CommandSpec spec) {
    Iterator<String> words = unmatched.iterator();
    while (words.hasNext()) {
      String word = words.next();
      if (!word.startsWith("-")) {
        problems.add("arguments", "'" + word + "' is not expected", "options only, see --help");
        continue;
      }
      String[] nameAndValue = word.split("=", 2);
      Optional<Setting> secret = secretMeantBy(nameAndValue[0], spec);
      if (secret.isPresent()) {
        refuse(secret.get(), nameAndValue[0]);
      } else {
        unknownOption(nameAndValue[0], spec);
      }
      boolean valueFollows = nameAndValue.length == 1 && words.hasNext();
      String value = valueFollows ? words.next() : word.substring(nameAndValue[0].length());
      conceal(secret.isPresent() ? value.replaceFirst("^=", "") : "");
    }
  }

  private static Optional<Setting> secretMeantBy(String option, CommandSpec spec) {
    return Setting.of(spec).stream()
        .filter(setting -> setting.secret() && setting.name().equals(option + "-file"))
        .findFirst();
  }

  private void refuse(Setting secret, String option) {
    problems.add(
        option,
        "is not read from the command line, where every process can see it",
        secret.variable() + " or " + secret.plainVariable());
  }

  private void conceal(String typedSecret) {
    if (!typedSecret.isEmpty()) {
      masking.conceal(Secret.of(typedSecret));
    }
  }

  private void unknownOption(String option, CommandSpec spec) {
    // `-psecret` is one word; only its first letter is surely no secret.
    String shown =
        option.startsWith("--") ? option : option.substring(0, Math.min(2, option.length()));
    String suggestion =
        new NearMisses(Set.copyOf(CommandSyntax.optionNames(spec)))
            .intended(option)
            .map(near -> "did you mean " + near + "?")
            .orElse("see --help");
    problems.add("arguments", "unknown option " + shown + ", " + suggestion, "");
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }
}
