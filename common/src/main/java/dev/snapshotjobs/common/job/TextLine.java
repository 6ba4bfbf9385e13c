package dev.snapshotjobs.common.job;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import dev.snapshotjobs.common.config.Masking;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.event.KeyValuePair;

/// Log lines for people: `17:30:00.123 INFO message key=value`, times in UTC.
final class TextLine extends LayoutBase<ILoggingEvent> {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final ThrowableProxyConverter stackTraces = new ThrowableProxyConverter();
  private final Masking masking;

  TextLine(Masking masking) {
    this.masking = masking;
  }

  @Override
  public void start() {
    stackTraces.start();
    super.start();
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    String line =
        "%s %-5s %s%s%n%s"
            .formatted(
                TIME.format(event.getInstant()),
                event.getLevel(),
                event.getFormattedMessage(),
                keyValues(event),
                stackTraces.convert(event));
    return masking.apply(line);
  }

  private static String keyValues(ILoggingEvent event) {
    return Objects.requireNonNullElse(event.getKeyValuePairs(), List.<KeyValuePair>of()).stream()
        .map(
            pair -> "  " + (pair.key.equals(event.getMessage()) ? "" : pair.key + "=") + pair.value)
        .collect(Collectors.joining());
  }
}
