package dev.snapshotjobs.common.config;

import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// The text of --help: picocli's, with each option's variable and default beside it.
final class HelpText {

  private static final int WIDTH = 100;
  private static final String INDENT = " ".repeat(6);

  private HelpText() {}

  static String of(CommandSpec command) {
    CommandLine syntax = command.commandLine();
    syntax.setUsageHelpWidth(WIDTH);
    syntax
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> options(help.commandSpec()));
    return syntax.getUsageMessage(Ansi.OFF);
  }

  private static String options(CommandSpec command) {
    String settings =
        Setting.of(command).stream().map(HelpText::entry).collect(Collectors.joining());
    String rest =
        command.options().stream()
            .filter(option -> option.usageHelp() || option.versionHelp())
            .map(HelpText::helpEntry)
            .collect(Collectors.joining());
    return settings + rest;
  }

  private static String entry(Setting setting) {
    String value = setting.isFlag() ? "" : "=" + setting.option().paramLabel();
    String variables =
        setting.argumentOnly() ? "" : "  [" + String.join(" or ", setting.variables()) + "]";
    String standing =
        setting.option().required()
            ? "  required"
            : setting.defaultValue().map(text -> "  default: " + text).orElse("");
    return "  %s%s%s%s%n%s"
        .formatted(setting.name(), value, variables, standing, text(setting.option()));
  }

  private static String helpEntry(OptionSpec option) {
    return "  %s%n%s".formatted(String.join(", ", option.names()), text(option));
  }

  private static String text(OptionSpec option) {
    return String.join(" ", option.description())
        .replaceAll(
            "(.{1,%d})(\\s+|$)".formatted(WIDTH - INDENT.length()), INDENT + "$1%n".formatted());
  }
}
