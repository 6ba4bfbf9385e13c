package dev.snapshotjobs.common.config;

import picocli.CommandLine.Option;

/// What every command answers without doing anything, also one that has commands only.
///
/// Methods, because nothing reads these values: picocli itself tells the frame of them.
public class HelpOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  void help(boolean asked) {}

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  void version(boolean asked) {}
}
