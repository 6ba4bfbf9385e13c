package dev.snapshotjobs.sandbox;

import java.time.Duration;
import java.util.regex.Pattern;

/// What the Kubernetes API shall do wrong, for which requests and how often.
///
/// The sandbox's own controllers are never hit.
///
/// @param verbs matches the HTTP method, or `WATCH`
/// @param path is looked for in the path with its query
public record FaultRule(Pattern verbs, Pattern path, Fault fault, int times) {

  /// One way of failing.
  public sealed interface Fault {

    /// An error answer; a `Retry-After` of zero is left out.
    record Answer(int status, Duration retryAfter) implements Fault {}

    /// A right answer that comes late.
    record Delay(Duration by) implements Fault {}

    /// No answer: the connection is closed, and nothing was done.
    record Drop() implements Fault {}

    /// The request is carried out, and the connection is closed all the same.
    record LoseAnswer() implements Fault {}

    /// The request is carried out twice, as by a proxy that has sent it again, and the second
    /// answer is told.
    record ArriveTwice() implements Fault {}
  }

  public FaultRule {
    if (times < 1) {
      throw new IllegalArgumentException("times must be positive: " + times);
    }
  }

  public static FaultRule answer(String verbs, String path, int status) {
    return of(verbs, path, new Fault.Answer(status, Duration.ZERO));
  }

  public static FaultRule delay(String verbs, String path, Duration by) {
    return of(verbs, path, new Fault.Delay(by));
  }

  public static FaultRule drop(String verbs, String path) {
    return of(verbs, path, new Fault.Drop());
  }

  public static FaultRule loseAnswer(String verbs, String path) {
    return of(verbs, path, new Fault.LoseAnswer());
  }

  public static FaultRule arriveTwice(String verbs, String path) {
    return of(verbs, path, new Fault.ArriveTwice());
  }

  private static FaultRule of(String verbs, String path, Fault fault) {
    return new FaultRule(Pattern.compile(verbs), Pattern.compile(path), fault, 1);
  }

  public FaultRule times(int count) {
    return new FaultRule(verbs, path, fault, count);
  }

  public FaultRule always() {
    return times(Integer.MAX_VALUE);
  }

  /// For an [Fault.Answer]; other faults have no such header.
  public FaultRule retryAfter(Duration delay) {
    return fault instanceof Fault.Answer answer
        ? new FaultRule(verbs, path, new Fault.Answer(answer.status(), delay), times)
        : this;
  }

  boolean matches(String verb, String pathAndQuery) {
    return verbs.matcher(verb).matches() && path.matcher(pathAndQuery).find();
  }
}
