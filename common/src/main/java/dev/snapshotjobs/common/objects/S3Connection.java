package dev.snapshotjobs.common.objects;

import dev.snapshotjobs.common.config.CertificateAuthorities;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The SDK's client with its settings, and the one place where its exceptions become ours.
record S3Connection(S3Client client, S3Settings settings, S3Limits limits)
    implements AutoCloseable {

  static S3Connection open(
      S3Settings settings, S3Limits limits, AwsCredentialsProvider credentials) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(settings.region()))
            .forcePathStyle(settings.pathStyle())
            .credentialsProvider(credentials)
            .httpClientBuilder(http(settings, limits))
            // We send digests of our own, in headers: what the SDK adds by default is a trailer
            // in a chunked body, which many other stores refuse. Content lies in memory anyway.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(
                s3 -> s3.chunkedEncodingEnabled(false).expectContinueEnabled(false))
            .overrideConfiguration(
                configuration ->
                    configuration
                        .apiCallAttemptTimeout(limits.attempt())
                        .apiCallTimeout(limits.call())
                        .retryStrategy(retries(limits)));
    settings.endpoint().ifPresent(builder::endpointOverride);
    return new S3Connection(builder.build(), settings, limits);
  }

  private static UrlConnectionHttpClient.Builder http(S3Settings settings, S3Limits limits) {
    UrlConnectionHttpClient.Builder http =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(limits.connect())
            .socketTimeout(limits.silence());
    settings
        .authorities()
        .map(S3Connection::trustManagers)
        .ifPresent(managers -> http.tlsTrustManagersProvider(() -> managers));
    return http;
  }

  private static TrustManager[] trustManagers(CertificateAuthorities authorities) {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (X509Certificate each : authorities.certificates()) {
        trusted.setCertificateEntry(Integer.toString(trusted.size()), each);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Java does not take certificates that it has read", e);
    }
  }

  private static StandardRetryStrategy retries(S3Limits limits) {
    BackoffStrategy pauses =
        BackoffStrategy.exponentialDelay(
            limits.firstPause(), limits.firstPause().multipliedBy(100));
    return AwsRetryStrategy.standardRetryStrategy().toBuilder()
        .maxAttempts(limits.attempts())
        .backoffStrategy(pauses)
        .throttlingBackoffStrategy(pauses)
        // Two conditional writes at once: S3 asks one of them to come again.
        .retryOnException(
            failure -> failure instanceof S3Exception answer && answer.statusCode() == 409)
        .build();
  }

  /// Makes a request, and says, if it fails, what it was for.
  <T> T call(S3Action action, String target, Supplier<T> request) {
    try {
      return request.get();
    } catch (SdkException e) {
      throw diagnosis(action, target).of(e);
    }
  }

  S3Diagnosis diagnosis(S3Action action, String target) {
    return new S3Diagnosis(settings, action, target);
  }

  String bucket() {
    return settings.bucket();
  }

  @Override
  public void close() {
    client.close();
  }
}
