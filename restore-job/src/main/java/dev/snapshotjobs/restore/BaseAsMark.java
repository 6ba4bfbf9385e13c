package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.binlog.GtidState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A log that began under the lock of a snapshot. While that was held nothing was logged, so the
/// moment of the cut is a mark, and the surest there is: all that lies before the log had been
/// logged by then, and all that is in it was logged later.
record BaseAsMark(ReadableLog log, Base base) implements ReadableLog {
  @Override
  public LogName name() {
    return log.name();
  }

  @Override
  public GtidState start() {
    return log.start();
  }

  @Override
  public GtidState end() {
    return log.end();
  }

  @Override
  public Marks marks() throws IOException {
    List<Mark> all = new ArrayList<>();
    all.add(new Mark(base.entry().cutAt(), 0, log.start().position(), true));
    all.addAll(log.marks().all());
    return new Marks(all);
  }

  @Override
  public void read(Reader reader) throws IOException {
    log.read(reader);
  }
}
