package dev.snapshotjobs.common.config;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// The settings of one job as Markdown, from the very declarations that the job reads them with.
public record SettingsReference(String job, List<?> commands) {

  public SettingsReference {
    commands = List.copyOf(commands);
  }

  /// A heading for the job, and a table for each of its commands.
  public String markdown() {
    return "## "
        + job
        + "\n\n"
        + commands.stream().map(this::table).collect(Collectors.joining("\n"));
  }

  /// Every variable that these commands read.
  public Set<String> variables() {
    return commands.stream()
        .flatMap(command -> CommandSyntax.settings(CommandSyntax.of(command)).stream())
        .flatMap(setting -> setting.variables().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private String table(Object command) {
    CommandLine syntax = CommandSyntax.of(command);
    CommandSpec spec = syntax.getCommandSpec();
    String own = Setting.of(spec).isEmpty() && !spec.subcommands().isEmpty() ? "" : rows(spec);
    String subcommands =
        spec.subcommands().values().stream()
            .map(
                sub ->
                    "\n### "
                        + sub.getCommandSpec().qualifiedName()
                        + "\n\n"
                        + rows(sub.getCommandSpec()))
            .collect(Collectors.joining());
    return own.isEmpty() ? subcommands.stripLeading() : own + subcommands;
  }

  private static String rows(CommandSpec spec) {
    return "| Variable | Option | Default | Allowed | Meaning |\n"
        + "| --- | --- | --- | --- | --- |\n"
        + Setting.of(spec).stream().map(SettingsReference::row).collect(Collectors.joining());
  }

  private static String row(Setting setting) {
    String variables =
        setting.variables().stream()
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(" or "));
    String standing =
        setting.option().required()
            ? "required"
            : setting.defaultValue().map(text -> "`" + text + "`").orElse("");
    return "| %s | `%s` | %s | %s | %s |\n"
        .formatted(
            variables,
            setting.name(),
            standing,
            cell(setting.converter().allowed()),
            cell(String.join(" ", setting.option().description())));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
