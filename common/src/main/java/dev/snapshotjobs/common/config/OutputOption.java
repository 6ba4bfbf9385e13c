package dev.snapshotjobs.common.config;

import picocli.CommandLine.Option;

/// For commands whose result a person reads.
public final class OutputOption {

  @Option(names = "--output", description = "How the result on standard output looks.")
  private OutputFormat output = OutputFormat.TABLE;

  public OutputFormat output() {
    return output;
  }
}
