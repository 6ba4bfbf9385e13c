package dev.snapshotjobs.common.config;

/// How far the connection to the server is protected.
public enum TlsMode {
  PREFERRED("preferred"),
  DISABLED("disabled"),
  REQUIRED("required"),
  VERIFY_FULL("verify-full");

  private final String text;

  TlsMode(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
