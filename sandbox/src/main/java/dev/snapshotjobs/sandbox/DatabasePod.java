package dev.snapshotjobs.sandbox;

/// A Pod of a deployment that was Ready, with the server that ran in it then.
public record DatabasePod(String namespace, String name, String claim, MariaDbServer server) {

  public String address() {
    return server.address();
  }

  public String jdbcUrl(String schema) {
    return server.jdbcUrl(schema);
  }
}
