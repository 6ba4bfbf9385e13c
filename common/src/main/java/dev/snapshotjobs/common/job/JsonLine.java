package dev.snapshotjobs.common.job;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.snapshotjobs.common.config.Masking;
import java.util.List;
import java.util.Map;
import net.logstash.logback.composite.AbstractFieldJsonProvider;
import net.logstash.logback.composite.GlobalCustomFieldsJsonProvider;
import net.logstash.logback.composite.loggingevent.KeyValuePairsJsonProvider;
import net.logstash.logback.composite.loggingevent.LogLevelJsonProvider;
import net.logstash.logback.composite.loggingevent.LoggerNameJsonProvider;
import net.logstash.logback.composite.loggingevent.LoggingEventFormattedTimestampJsonProvider;
import net.logstash.logback.composite.loggingevent.LoggingEventThreadNameJsonProvider;
import net.logstash.logback.composite.loggingevent.MessageJsonProvider;
import net.logstash.logback.composite.loggingevent.StackTraceJsonProvider;
import net.logstash.logback.composite.loggingevent.ThrowableClassNameJsonProvider;
import net.logstash.logback.composite.loggingevent.ThrowableMessageJsonProvider;
import net.logstash.logback.encoder.LoggingEventCompositeJsonEncoder;
import net.logstash.logback.mask.MaskingJsonGeneratorDecorator;
import tools.jackson.databind.json.JsonMapper;

/// Log lines for machines; the fields are those of docs/reference/log-fields.md.
final class JsonLine {

  private JsonLine() {}

  /// `identity`: fields with the same value in every line.
  static LoggingEventCompositeJsonEncoder encoder(Map<String, String> identity, Masking masking) {
    LoggingEventCompositeJsonEncoder encoder = new LoggingEventCompositeJsonEncoder();
    GlobalCustomFieldsJsonProvider<ILoggingEvent> identityFields =
        new GlobalCustomFieldsJsonProvider<>();
    identityFields.setCustomFields(JsonMapper.shared().writeValueAsString(identity));
    LoggingEventFormattedTimestampJsonProvider time =
        new LoggingEventFormattedTimestampJsonProvider();
    time.setTimeZone("UTC");
    time.setPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX");
    List.of(
            named(time, "@timestamp"),
            named(new LogLevelJsonProvider(), "log.level"),
            named(new MessageJsonProvider(), "message"))
        .forEach(encoder.getProviders()::addProvider);
    encoder.getProviders().addProvider(identityFields);
    encoder.getProviders().addProvider(new KeyValuePairsJsonProvider());
    ThrowableClassNameJsonProvider type = new ThrowableClassNameJsonProvider();
    type.setUseSimpleClassName(false);
    List.of(
            named(type, "error.type"),
            named(new ThrowableMessageJsonProvider(), "error.message"),
            named(new StackTraceJsonProvider(), "error.stack_trace"),
            named(new LoggerNameJsonProvider(), "log.logger"),
            named(new LoggingEventThreadNameJsonProvider(), "process.thread.name"))
        .forEach(encoder.getProviders()::addProvider);
    encoder.addDecorator(masking(masking));
    encoder.setLineSeparator("UNIX");
    return encoder;
  }

  private static AbstractFieldJsonProvider<ILoggingEvent> named(
      AbstractFieldJsonProvider<ILoggingEvent> provider, String field) {
    provider.setFieldName(field);
    return provider;
  }

  /// Masks values before they are written, so that the line is JSON whatever a secret looks like.
  private static MaskingJsonGeneratorDecorator masking(Masking masking) {
    MaskingJsonGeneratorDecorator decorator = new MaskingJsonGeneratorDecorator();
    decorator.addValueMasker(
        (_, value) -> {
          String text = String.valueOf(value);
          String masked = masking.apply(text);
          // null tells the library to leave the value, and its type, as it is.
          return masked.equals(text) ? null : masked;
        });
    decorator.start();
    return decorator;
  }
}
