package dev.snapshotjobs.common.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.json.JsonMapper;

/// Hides every secret value that a run knows, wherever text leaves the run. It covers a secret as
/// it is and as it stands in JSON or in a URL, because error texts quote requests. Thread-safe.
public final class Masking {

  private static final Comparator<String> LONGEST_FIRST =
      Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder());

  private final AtomicReference<List<String>> hidden = new AtomicReference<>(List.of());

  public void conceal(Secret secret) {
    String value = secret.reveal();
    List<String> forms =
        List.of(value, insideJson(value), URLEncoder.encode(value, StandardCharsets.UTF_8));
    hidden.updateAndGet(before -> merged(before, forms));
  }

  /// The text with `****` in place of each secret. Longer secrets go first, so that one that is
  /// part of another leaves no rest of it.
  public String apply(String text) {
    String masked = text;
    for (String secret : hidden.get()) {
      masked = masked.replace(secret, Secret.MASK);
    }
    return masked;
  }

  private static List<String> merged(List<String> before, List<String> more) {
    Set<String> all = new TreeSet<>(LONGEST_FIRST);
    all.addAll(before);
    all.addAll(more);
    return List.copyOf(all);
  }

  private static String insideJson(String value) {
    String quoted = JsonMapper.shared().writeValueAsString(value);
    return quoted.substring(1, quoted.length() - 1);
  }
}
