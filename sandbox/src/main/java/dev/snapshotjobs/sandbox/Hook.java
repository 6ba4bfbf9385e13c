package dev.snapshotjobs.sandbox;

import java.util.regex.Pattern;

/// What a test does at a step of a client: at which requests to the Kubernetes API, and how often.
///
/// The action runs on a thread of its own, the request waits for its end, and the other requests do
/// not. So it may use the API itself, add faults or end the process that has asked. What it throws
/// is thrown again when the sandbox is closed; the request is answered with 500 then.
///
/// Neither the sandbox's own controllers nor [Sandbox#client()] set a hook off.
///
/// @param verbs matches the HTTP method, or `WATCH`
/// @param path is looked for in the path with its query
public record Hook(Pattern verbs, Pattern path, Moment moment, Runnable action, int times) {

  /// Where in a request's life.
  public enum Moment {
    /// It has arrived, and nothing was done yet; faults that are added now hit it already.
    BEFORE,
    /// It was carried out, and its client does not know yet.
    AFTER
  }

  public Hook {
    if (times < 1) {
      throw new IllegalArgumentException("times must be positive: " + times);
    }
  }

  public static Hook before(String verbs, String path, Runnable action) {
    return new Hook(Pattern.compile(verbs), Pattern.compile(path), Moment.BEFORE, action, 1);
  }

  /// Not for a request that a fault has answered.
  public static Hook after(String verbs, String path, Runnable action) {
    return new Hook(Pattern.compile(verbs), Pattern.compile(path), Moment.AFTER, action, 1);
  }

  public Hook times(int count) {
    return new Hook(verbs, path, moment, action, count);
  }

  public Hook always() {
    return times(Integer.MAX_VALUE);
  }

  boolean matches(Moment at, String verb, String pathAndQuery) {
    return moment == at && verbs.matcher(verb).matches() && path.matcher(pathAndQuery).find();
  }
}
