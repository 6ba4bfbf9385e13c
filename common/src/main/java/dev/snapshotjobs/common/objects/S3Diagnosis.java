package dev.snapshotjobs.common.objects;

import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/// What a failure of the SDK means, and what to do about it.
///
/// @param target the object or folder it was about, by its whole key
record S3Diagnosis(S3Settings settings, S3Action action, String target) {

  private static final Set<String> CREDENTIALS =
      Set.of(
          "ExpiredToken",
          "ExpiredTokenException",
          "InvalidAccessKeyId",
          "InvalidToken",
          "SignatureDoesNotMatch",
          "TokenRefreshRequired",
          // Versity's, with 404
          "XAdminUserNotFound");
  private static final Set<String> CLOCK = Set.of("RequestTimeTooSkewed", "RequestExpired");
  private static final Set<String> REGION =
      Set.of(
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException",
          "PermanentRedirect",
          "TemporaryRedirect");
  private static final Set<String> DAMAGED =
      Set.of(
          "BadDigest",
          "IncompleteBody",
          "XAmzContentChecksumMismatch",
          "XAmzContentSHA256Mismatch");
  private static final Set<String> BUSY =
      Set.of("RequestTimeout", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequests");

  ObjectStoreFailure of(SdkException failure) {
    return failure instanceof AwsServiceException answer ? ofAnswer(answer) : ofNone(failure);
  }

  private ObjectStoreFailure ofAnswer(AwsServiceException answer) {
    ObjectStoreReason reason = reasonOf(answer, code(answer));
    return new ObjectStoreFailure(
        reason, doing() + ": " + text(answer), nextStep(reason, answer), answer);
  }

  private static ObjectStoreReason reasonOf(AwsServiceException answer, String code) {
    int status = answer.statusCode();
    if (code.equals("NoSuchBucket")) {
      return ObjectStoreReason.NO_BUCKET;
    } else if (CREDENTIALS.contains(code)) {
      return ObjectStoreReason.CREDENTIALS;
    } else if (CLOCK.contains(code)) {
      return ObjectStoreReason.CLOCK_SKEW;
    } else if (REGION.contains(code) || status == 301 || status == 307) {
      return ObjectStoreReason.WRONG_REGION;
    } else if (DAMAGED.contains(code)) {
      return ObjectStoreReason.DAMAGED;
    } else if (status == 401 || status == 403) {
      return ObjectStoreReason.ACCESS_DENIED;
    } else if (BUSY.contains(code) || status == 409 || status == 429 || status == 408) {
      return ObjectStoreReason.UNAVAILABLE;
    }
    return status >= 500 && status != 501
        ? ObjectStoreReason.UNAVAILABLE
        : ObjectStoreReason.REJECTED;
  }

  /// The SDK's own message has numbers of requests in it, and not always the reason.
  private static String text(AwsServiceException answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    String message = details == null ? null : details.errorMessage();
    String code = code(answer);
    String said = message == null || message.isBlank() ? "no reason given" : message;
    return (code.isEmpty() ? said : code + ", " + said) + " (HTTP " + answer.statusCode() + ")";
  }

  /// Empty where the answer has no body, as with HEAD.
  static String code(AwsServiceException answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private String nextStep(ObjectStoreReason reason, AwsServiceException answer) {
    return switch (reason) {
      case NO_BUCKET ->
          "Create the bucket %s, or correct S3_BUCKET, S3_ENDPOINT or AWS_REGION."
              .formatted(settings.bucket());
      case ACCESS_DENIED ->
          ("Allow the job's identity %s; the object is arn:aws:s3:::%s/%s. With a KMS key it needs"
                  + " kms:GenerateDataKey and kms:Decrypt too.")
              .formatted(action.permission(), settings.bucket(), target);
      case CREDENTIALS ->
          "Renew what the job's credentials come from: the role of its service account, or"
              + " AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.";
      case WRONG_REGION ->
          "Set AWS_REGION to the region of the bucket"
              + regionOf(answer).map(region -> ", " + region).orElse("")
              + "; it is "
              + settings.region()
              + ".";
      case CLOCK_SKEW -> "Set the clock of the node, or of the store, by NTP.";
      case CUT_OFF, DAMAGED -> "Retry; if it happens again, look at what is between job and store.";
      case UNAVAILABLE, NO_ANSWER, INTERRUPTED -> "Retry later; the next run goes on.";
      case REJECTED ->
          "Check AWS_REGION, S3_ENDPOINT, S3_PATH_STYLE, S3_SSE, S3_CHECKSUMS and Object Lock"
              + " against what the store supports.";
    };
  }

  private static Optional<String> regionOf(AwsServiceException answer) {
    return Optional.ofNullable(answer.awsErrorDetails())
        .flatMap(details -> Optional.ofNullable(details.sdkHttpResponse()))
        .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"));
  }

  private ObjectStoreFailure ofNone(SdkException failure) {
    if (failure instanceof AbortedException) {
      return new ObjectStoreFailure(
          ObjectStoreReason.INTERRUPTED,
          doing() + ": interrupted",
          "Retry later; the next run goes on.",
          failure);
    }
    String said = String.valueOf(failure.getMessage());
    if (said.contains("Unable to load credentials")
        || said.contains("Failed to load credentials")) {
      return new ObjectStoreFailure(
          ObjectStoreReason.CREDENTIALS,
          doing() + ": no credentials were found",
          "Give the pod's service account an IAM role (EKS Pod Identity or IRSA), or set"
              + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from a Secret.",
          failure);
    }
    return new ObjectStoreFailure(
        ObjectStoreReason.NO_ANSWER,
        doing() + ": no answer from " + address() + ": " + textOf(rootOf(failure)),
        rootOf(failure) instanceof SSLException
            ? "Set S3_CA_FILE to the authority that the store's certificate comes from, and"
                + " S3_ENDPOINT to a name that the certificate has."
            : "Check S3_ENDPOINT and AWS_REGION, name resolution and network policies; where the"
                + " store does not take the bucket in its host name, set S3_PATH_STYLE=true.",
        failure);
  }

  ObjectStoreFailure interrupted(InterruptedException cause) {
    return new ObjectStoreFailure(
        ObjectStoreReason.INTERRUPTED,
        doing() + ": interrupted",
        "Retry later; the next run goes on.",
        cause);
  }

  ObjectStoreFailure cutOff(String how, @Nullable Throwable cause) {
    return onItsWay(ObjectStoreReason.CUT_OFF, how, cause);
  }

  ObjectStoreFailure damaged(String how) {
    return damaged(how, null);
  }

  ObjectStoreFailure damaged(String how, @Nullable Throwable cause) {
    return onItsWay(ObjectStoreReason.DAMAGED, how, cause);
  }

  private ObjectStoreFailure onItsWay(
      ObjectStoreReason reason, String how, @Nullable Throwable cause) {
    return new ObjectStoreFailure(
        reason,
        doing() + ": " + how,
        "Retry; if it happens again, look at what is between job and store.",
        cause);
  }

  /// S3 takes a key for free whose newest version is a delete marker; Versity's gateway does not.
  ObjectStoreFailure takenByNothing(ObjectStoreFailure refusal) {
    return new ObjectStoreFailure(
        ObjectStoreReason.UNAVAILABLE,
        doing()
            + ": the store says that the key is taken, and finds nothing there;"
            + " it was deleted meanwhile, or its delete marker counts here",
        "Retry later; if it stays so, remove the delete marker of the key.",
        refusal);
  }

  private String doing() {
    return action.doing() + " s3://" + settings.bucket() + "/" + target;
  }

  private String address() {
    return settings.endpoint().map(Object::toString).orElse("S3 in " + settings.region());
  }

  /// The SDK's messages repeat those of their causes.
  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && !(root instanceof SSLException)) {
      root = root.getCause();
    }
    return root;
  }

  private static String textOf(Throwable root) {
    return root instanceof SdkException ? String.valueOf(root.getMessage()) : root.toString();
  }
}
