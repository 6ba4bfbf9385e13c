package dev.snapshotjobs.common.config;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The picocli model of a command object, set up so that each value is read by our converters and
/// by nothing else: no `@files`, no `${variables}` inside values.
final class CommandSyntax {

  private CommandSyntax() {}

  static CommandLine of(Object command) {
    CommandLine syntax = new CommandLine(command);
    syntax.setExpandAtFiles(false);
    syntax.setInterpolateVariables(false);
    // Errors are told by us, all of them, so picocli must go on after the first.
    tree(syntax).forEach(each -> each.getCommandSpec().parser().collectErrors(true));
    tree(syntax).toList().forEach(each -> requireNothingOfParents(each.getCommandSpec()));
    settings(syntax).forEach(setting -> register(syntax, setting));
    return syntax;
  }

  /// picocli refuses to go on to a subcommand while its parent lacks something required, although
  /// that is only for a run of the parent itself, which there is not.
  private static void requireNothingOfParents(CommandSpec spec) {
    if (!spec.subcommands().isEmpty()) {
      for (OptionSpec option : spec.options().stream().filter(OptionSpec::required).toList()) {
        spec.remove(option);
        spec.addOption(OptionSpec.builder(option).required(false).build());
      }
    }
  }

  /// The settings of a command and of all its subcommands.
  static List<Setting> settings(CommandLine syntax) {
    return tree(syntax).flatMap(each -> Setting.of(each.getCommandSpec()).stream()).toList();
  }

  /// The command that was asked for: the innermost subcommand.
  static ParseResult innermost(ParseResult parsed) {
    ParseResult innermost = parsed;
    while (innermost.hasSubcommand()) {
      innermost = innermost.subcommand();
    }
    return innermost;
  }

  /// All option names that one may type, for the nearest to a wrong one.
  static List<String> optionNames(CommandSpec spec) {
    return spec.options().stream().map(OptionSpec::longestName).toList();
  }

  private static Stream<CommandLine> tree(CommandLine root) {
    return Stream.concat(
        Stream.of(root), root.getSubcommands().values().stream().flatMap(CommandSyntax::tree));
  }

  /// Options with a converter of their own keep it; the others share the one of their type.
  private static void register(CommandLine syntax, Setting setting) {
    if (setting.option().converters().length == 0) {
      registerFor(syntax, setting.elementType());
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> void registerFor(CommandLine syntax, Class<T> type) {
    // SettingTypes pairs each type with a converter to that very type.
    syntax.registerConverter(type, (SettingConverter<T>) SettingTypes.converter(type));
  }
}
