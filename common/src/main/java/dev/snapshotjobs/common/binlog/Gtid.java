package dev.snapshotjobs.common.binlog;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One MariaDB global transaction id, `domain-server-sequence`; domain and server are unsigned 32
/// bit, the sequence is unsigned 64 bit ([MariaDB: Global Transaction
/// ID](https://mariadb.com/docs/server/ha-and-performance/standard-replication/gtid)).
public record Gtid(long domainId, long serverId, long sequence) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,10})-(\\d{1,10})-(\\d{1,20})");
  private static final long MAX_ID = 0xFFFF_FFFFL;

  public Gtid {
    if (domainId < 0 || domainId > MAX_ID || serverId < 0 || serverId > MAX_ID) {
      throw new IllegalArgumentException(
          "domain and server of a GTID are 0 to 4294967295: " + domainId + "-" + serverId);
    }
  }

  public static Gtid parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a GTID; expected domain-server-sequence such as 0-1-100");
    }
    try {
      return new Gtid(
          Long.parseLong(form.group(1)),
          Long.parseLong(form.group(2)),
          Long.parseUnsignedLong(form.group(3)));
    } catch (NumberFormatException tooLarge) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a GTID: its sequence number does not fit 64 bits", tooLarge);
    }
  }

  @Override
  public String toString() {
    return domainId + "-" + serverId + "-" + Long.toUnsignedString(sequence);
  }
}
