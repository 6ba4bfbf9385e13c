package dev.snapshotjobs.common.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Rows for a person, in columns as wide as they have to be. The first row has the titles.
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... titles) {
    row(titles);
  }

  public void row(String... cells) {
    rows.add(List.of(cells));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        line.append(row.get(column)).repeat(" ", 2 + width(column) - row.get(column).length());
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream()
        .flatMapToInt(row -> IntStream.of(row.get(column).length()))
        .max()
        .orElse(0);
  }
}
