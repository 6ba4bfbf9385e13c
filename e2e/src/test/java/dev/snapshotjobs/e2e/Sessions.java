package dev.snapshotjobs.e2e;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The sessions of a [RandomWorkload].
record Sessions(List<Session> all) implements AutoCloseable {

  static Sessions open(DatabaseContainer server, int count) throws SQLException {
    List<Session> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Session session = server.session();
      session.run(RandomWorkload.opening());
      all.add(session);
    }
    return new Sessions(all);
  }

  /// Says whether the server carried it out.
  boolean attempt(RandomWorkload.Step step) {
    try {
      all.get(step.session()).run(step.sql());
      return true;
    } catch (SQLException _) {
      return false;
    }
  }

  @Override
  public void close() throws SQLException {
    for (Session session : all) {
      session.close();
    }
  }
}
