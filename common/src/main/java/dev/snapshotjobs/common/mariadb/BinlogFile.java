package dev.snapshotjobs.common.mariadb;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One binary log of a server, by its name. Logs of one server follow each other by number, not by
/// name: `bin.1000000` comes after `bin.999999`.
public record BinlogFile(String name, long number, long size) implements Comparable<BinlogFile> {
  private static final Pattern FORM = Pattern.compile(".+\\.(\\d{1,18})");
  private static final Comparator<BinlogFile> ORDER =
      Comparator.comparingLong(BinlogFile::number).thenComparing(BinlogFile::name);

  public static BinlogFile of(String name, long size) {
    Matcher form = FORM.matcher(name);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + name + "' is no binary log; expected a name and a number such as bin.000001");
    }
    return new BinlogFile(name, Long.parseLong(form.group(1)), size);
  }

  /// The name of the log that a server wrote before this one.
  public Optional<String> before() {
    return number <= 1 ? Optional.empty() : Optional.of(named(number - 1));
  }

  /// The name of the log that a server writes after this one.
  public String after() {
    return named(number + 1);
  }

  private String named(long other) {
    return name.substring(0, name.lastIndexOf('.') + 1) + "%06d".formatted(other);
  }

  @Override
  public int compareTo(BinlogFile other) {
    return ORDER.compare(this, other);
  }
}
