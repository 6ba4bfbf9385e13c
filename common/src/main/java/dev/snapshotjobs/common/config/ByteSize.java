package dev.snapshotjobs.common.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A number of bytes, written as a Kubernetes quantity. A fraction of a byte counts as a whole one,
/// as Kubernetes has it.
public record ByteSize(long bytes) implements Comparable<ByteSize> {

  private static final Pattern QUANTITY =
      Pattern.compile("\\+?(\\d+\\.?\\d*|\\.\\d+)(?:([kMGTPE]|[KMGTPE]i)|[eE]([+-]?\\d{1,2}))?");
  private static final String DECIMAL = "kMGTPE";
  private static final List<String> BINARY = List.of("Ki", "Mi", "Gi", "Ti", "Pi", "Ei");

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative: " + bytes);
    }
  }

  /// Throws IllegalArgumentException, whose message says what is wrong with the text.
  public static ByteSize parse(String text) {
    Matcher matcher = QUANTITY.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a size");
    }
    BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(factor(matcher));
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("'" + text + "' is more than 2^63 bytes");
    }
    return new ByteSize(bytes.setScale(0, RoundingMode.CEILING).longValueExact());
  }

  private static BigDecimal factor(Matcher matcher) {
    String exponent = matcher.group(3);
    if (exponent != null) {
      return BigDecimal.ONE.scaleByPowerOfTen(Integer.parseInt(exponent));
    }
    String unit = matcher.group(2);
    if (unit == null) {
      return BigDecimal.ONE;
    }
    return unit.endsWith("i")
        ? BigDecimal.valueOf(1024).pow(BINARY.indexOf(unit) + 1)
        : BigDecimal.valueOf(1000).pow(DECIMAL.indexOf(unit) + 1);
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /// The quantity as a PersistentVolumeClaim takes it, in the largest binary unit that is exact.
  @Override
  public String toString() {
    int unit = Math.min(Long.numberOfTrailingZeros(bytes) / 10, BINARY.size());
    return bytes == 0 || unit == 0
        ? Long.toString(bytes)
        : (bytes >> (10 * unit)) + BINARY.get(unit - 1);
  }
}
