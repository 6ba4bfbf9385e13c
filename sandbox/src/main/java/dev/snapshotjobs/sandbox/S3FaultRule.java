package dev.snapshotjobs.sandbox;

import java.time.Duration;
import java.util.regex.Pattern;

/// What the object store shall do wrong, for which requests and how often.
///
/// @param operations matches the name of an [S3Operation], as in `PutObject|UploadPart`
/// @param path is looked for in the path with its query
public record S3FaultRule(Pattern operations, Pattern path, Fault fault, int times) {

  /// One way of failing.
  public sealed interface Fault {

    /// An error answer as S3 makes it; nothing was done.
    record Answer(int status, String code) implements Fault {}

    /// A right answer that comes late.
    record Delay(Duration by) implements Fault {}

    /// No answer: the connection is closed, and nothing was done.
    record Drop() implements Fault {}

    /// The request is carried out, and the connection is closed all the same.
    record LoseAnswer() implements Fault {}

    /// The request is carried out, and this answer is told.
    record LieAfterwards(int status, String code) implements Fault {}

    /// The body ends after so many bytes, and with it the connection.
    record Truncate(int after) implements Fault {}

    /// One byte of the request's body arrives as another.
    record Corrupt() implements Fault {}
  }

  public S3FaultRule {
    if (times < 1) {
      throw new IllegalArgumentException("times must be positive: " + times);
    }
  }

  public static S3FaultRule answer(String operations, String path, int status, String code) {
    return of(operations, path, new Fault.Answer(status, code));
  }

  /// What S3 answers to those who ask too much.
  public static S3FaultRule slowDown(String operations, String path) {
    return answer(operations, path, 503, "SlowDown");
  }

  public static S3FaultRule delay(String operations, String path, Duration by) {
    return of(operations, path, new Fault.Delay(by));
  }

  public static S3FaultRule drop(String operations, String path) {
    return of(operations, path, new Fault.Drop());
  }

  public static S3FaultRule loseAnswer(String operations, String path) {
    return of(operations, path, new Fault.LoseAnswer());
  }

  public static S3FaultRule lieAfterwards(String operations, String path, int status, String code) {
    return of(operations, path, new Fault.LieAfterwards(status, code));
  }

  public static S3FaultRule truncate(String operations, String path, int after) {
    return of(operations, path, new Fault.Truncate(after));
  }

  public static S3FaultRule corrupt(String operations, String path) {
    return of(operations, path, new Fault.Corrupt());
  }

  private static S3FaultRule of(String operations, String path, Fault fault) {
    return new S3FaultRule(Pattern.compile(operations), Pattern.compile(path), fault, 1);
  }

  public S3FaultRule times(int count) {
    return new S3FaultRule(operations, path, fault, count);
  }

  public S3FaultRule always() {
    return times(Integer.MAX_VALUE);
  }

  boolean matches(S3Operation operation, String pathAndQuery) {
    return operations.matcher(operation.toString()).matches() && path.matcher(pathAndQuery).find();
  }
}
