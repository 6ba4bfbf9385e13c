package dev.snapshotjobs.common.job;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.snapshotjobs.common.config.LogFormat;
import dev.snapshotjobs.common.config.Masking;
import java.util.Map;

/// What Logback does before a run opens its log, found by Logback through META-INF/services: plain
/// lines on standard error. Without it Logback would search for files, and write to standard
/// output, where only results belong.
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class QuietStart extends ContextAwareBase implements Configurator {

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    JobLogging.configure(
        context, JobLogging.encoder(LogFormat.TEXT, Map.of(), new Masking()), System.err);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
