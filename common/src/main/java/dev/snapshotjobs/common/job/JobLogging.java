package dev.snapshotjobs.common.job;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.snapshotjobs.common.config.LogFormat;
import dev.snapshotjobs.common.config.Masking;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.slf4j.LoggerFactory;

/// The log of one run, from its opening to its closing: our messages from INFO, those of libraries
/// from WARN, to one stream, with secrets masked.
final class JobLogging implements AutoCloseable {

  private static final String OURS = "dev.snapshotjobs";

  private final LoggerContext context;

  private JobLogging(LoggerContext context) {
    this.context = context;
  }

  /// Replaces whatever was configured before.
  static JobLogging open(Encoder<ILoggingEvent> encoder, OutputStream target) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      throw new IllegalStateException("another SLF4J provider than Logback is on the class path");
    }
    context.reset();
    configure(context, encoder, target);
    context.getLogger(OURS).setLevel(Level.INFO);
    return new JobLogging(context);
  }

  static Encoder<ILoggingEvent> encoder(
      LogFormat format, Map<String, String> identity, Masking masking) {
    return switch (format) {
      case JSON -> JsonLine.encoder(identity, masking);
      case TEXT -> text(masking);
    };
  }

  private static Encoder<ILoggingEvent> text(Masking masking) {
    TextLine layout = new TextLine(masking);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setLayout(layout);
    return encoder;
  }

  /// Warnings and errors of everybody to `target`.
  static void configure(
      LoggerContext context, Encoder<ILoggingEvent> encoder, OutputStream target) {
    encoder.setContext(context);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(new KeptOpen(target));
    appender.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  /// Back to what Logback does outside of runs; nothing more goes to the run's stream.
  @Override
  public void close() {
    context.reset();
    new QuietStart().configure(context);
  }

  /// An appender closes its stream when it is stopped, and this stream is not its own.
  private static final class KeptOpen extends FilterOutputStream {

    KeptOpen(OutputStream target) {
      super(target);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
