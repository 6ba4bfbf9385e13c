package dev.snapshotjobs.common.config;

/// A value that must not be printed. It prints as `****`; [#reveal] is called only where the value
/// is used.
public final class Secret {

  static final String MASK = "****";

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  public static Secret of(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a secret is not empty");
    }
    return new Secret(value);
  }

  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return MASK;
  }
}
