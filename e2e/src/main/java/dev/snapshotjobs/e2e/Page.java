package dev.snapshotjobs.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A page of docs/ whose commands are run as they stand there.
record Page(String text) {
  static Page of(String path) throws IOException {
    return new Page(Files.readString(Path.of("..", path)));
  }

  /// All commands of one section, in their order. In a block that also shows what is printed they
  /// are the lines that begin with a prompt.
  String commands(String heading) {
    List<String> blocks = blocks(section(heading));
    if (blocks.isEmpty()) {
      throw new AssertionError("no commands below \"" + heading + "\"");
    }
    return blocks.stream().map(Page::withoutOutput).collect(Collectors.joining("\n"));
  }

  private List<String> section(String heading) {
    List<String> lines =
        text.lines().dropWhile(line -> !line.equals("## " + heading)).skip(1).toList();
    return lines.stream().takeWhile(line -> !line.startsWith("## ")).toList();
  }

  private static List<String> blocks(List<String> lines) {
    List<String> blocks = new ArrayList<>();
    StringBuilder block = new StringBuilder();
    boolean inside = false;
    for (String line : lines) {
      if (line.strip().startsWith("```")) {
        if (inside) {
          blocks.add(block.toString().stripIndent());
          block.setLength(0);
        }
        inside = !inside;
      } else if (inside) {
        block.append(line).append('\n');
      }
    }
    return blocks;
  }

  private static String withoutOutput(String block) {
    if (block.lines().noneMatch(line -> line.startsWith("$ "))) {
      return block;
    }
    return block
        .lines()
        .filter(line -> line.startsWith("$ "))
        .map(line -> line.substring(2))
        .collect(Collectors.joining("\n"));
  }
}
