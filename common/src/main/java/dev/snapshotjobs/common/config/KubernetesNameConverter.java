package dev.snapshotjobs.common.config;

import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// Names of Kubernetes objects: checked here, so that a slip of the pen is not a 404 later.
public final class KubernetesNameConverter implements SettingConverter<String> {

  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final int LONGEST = 253;

  @Override
  public String allowed() {
    return "a Kubernetes name: lower case letters, digits, '-' and '.'";
  }

  @Override
  public String convert(String value) {
    if (value.length() > LONGEST || !SUBDOMAIN.matcher(value).matches()) {
      throw new TypeConversionException("'" + value + "' is not a Kubernetes name");
    }
    return value;
  }
}
