package dev.snapshotjobs.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

/// An object store with versions, Object Lock and accounts: Versity's gateway before folders of its
/// container.
final class StoreContainer implements AutoCloseable {
  static final String ACCESS_KEY = "root-of-a-test";
  static final String SECRET_KEY = "secret-of-a-test";
  private static final int PORT = 7070;

  private final GenericContainer<?> container;
  private final S3Client client;

  private StoreContainer(GenericContainer<?> container) {
    this.container = container;
    client =
        S3Client.builder()
            .endpointOverride(endpoint())
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
  }

  static StoreContainer start() {
    Prerequisites.requireDocker();
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse("versity/versitygw:v1.8.0"))
            .withEnv("ROOT_ACCESS_KEY", ACCESS_KEY)
            .withEnv("ROOT_SECRET_KEY", SECRET_KEY)
            .withCommand(
                "--health=/health", "--iam-dir=/opt", "posix", "--versioning-dir=/srv", "/mnt")
            .withExposedPorts(PORT)
            .waitingFor(Wait.forHttp("/health").forPort(PORT));
    container.start();
    return new StoreContainer(container);
  }

  URI endpoint() {
    return URI.create("http://" + container.getHost() + ":" + container.getMappedPort(PORT));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(container.getHost(), container.getMappedPort(PORT));
  }

  /// As its owner, who may do everything.
  S3Client client() {
    return client;
  }

  String createVersionedBucket(String name) {
    client.createBucket(request -> request.bucket(name));
    client.putBucketVersioning(
        request ->
            request
                .bucket(name)
                .versioningConfiguration(on -> on.status(BucketVersioningStatus.ENABLED)));
    return name;
  }

  String createLockableBucket(String name) {
    client.createBucket(request -> request.bucket(name).objectLockEnabledForBucket(true));
    return name;
  }

  /// An account that nothing is allowed to.
  void addAccount(String accessKey, String secretKey) throws IOException, InterruptedException {
    ExecResult result =
        container.execInContainer(
            "versitygw",
            "admin",
            "--access=" + ACCESS_KEY,
            "--secret=" + SECRET_KEY,
            "--endpoint-url=http://127.0.0.1:" + PORT,
            "create-user",
            "--access=" + accessKey,
            "--secret=" + secretKey,
            "--role=user");
    if (result.getExitCode() != 0) {
      throw new AssertionError("no account: " + result);
    }
  }

  @Override
  public void close() {
    client.close();
    container.close();
  }
}
