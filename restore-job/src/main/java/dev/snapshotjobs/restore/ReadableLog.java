package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.binlog.GtidState;
import java.io.IOException;

/// One log of an archive, of which nothing is read before somebody asks.
interface ReadableLog {
  LogName name();

  GtidState start();

  /// After the last whole transaction of it that is archived.
  GtidState end();

  Marks marks() throws IOException;

  /// Shows its transactions in their order, until the reader has seen enough.
  void read(Reader reader) throws IOException;

  /// Is shown transactions.
  interface Reader {
    /// Takes the next one.
    ///
    /// @return whether more are wanted
    boolean next(SeenTransaction transaction);
  }
}
