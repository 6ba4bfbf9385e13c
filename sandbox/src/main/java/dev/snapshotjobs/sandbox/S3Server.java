package dev.snapshotjobs.sandbox;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// An object store on this machine that speaks S3, with one bucket, and with faults and hooks
/// before it. It has neither versions of objects nor Object Lock.
public final class S3Server implements AutoCloseable {

  public static final String BUCKET = "sandbox-bucket";
  public static final String REGION = "us-east-1";

  /// In no bucket: names of buckets have no capital letters.
  private static final String CERTIFICATES = "CERTIFICATES";

  private final Path folder;
  private final Optional<TlsCertificate> certificate;
  private final S3Faults faults = new S3Faults();
  private final Actions actions = new Actions();
  private final List<S3Request> log = new CopyOnWriteArrayList<>();
  private S3Store store;
  private S3Front front;

  private S3Server(boolean tls) throws IOException {
    folder = Files.createTempDirectory("sandbox-s3-").toRealPath();
    certificate =
        tls
            ? Optional.of(
                TlsCertificate.create(Files.createDirectory(folder.resolve(CERTIFICATES))))
            : Optional.empty();
    store = new S3Store(folder);
    store.createBucket(BUCKET);
    front = front(0);
  }

  private S3Front front(int port) throws IOException {
    return new S3Front(
        port, store.address(), certificate, new S3Front.Watched(faults, actions, log));
  }

  public static S3Server start() {
    return start(false);
  }

  /// With a certificate that nobody trusts who does not know [#certificate].
  public static S3Server startWithTls() {
    return start(true);
  }

  private static S3Server start(boolean tls) {
    try {
      return new S3Server(tls);
    } catch (IOException e) {
      throw new SandboxException("The object store does not start", e);
    }
  }

  /// For path-style addressing: names of buckets are no host names here.
  public URI endpoint() {
    return front.endpoint();
  }

  /// The file in PEM form that a client of [#startWithTls] has to trust.
  public Path certificate() {
    return certificate.orElseThrow().pem();
  }

  public String accessKey() {
    return S3Store.ACCESS_KEY;
  }

  public String secretKey() {
    return S3Store.SECRET_KEY;
  }

  public S3Faults faults() {
    return faults;
  }

  /// All requests so far, in the order of their answers.
  public List<S3Request> requests() {
    return List.copyOf(log);
  }

  public long count(S3Operation operation) {
    return log.stream().filter(request -> request.operation() == operation).count();
  }

  public void forgetRequests() {
    log.clear();
  }

  /// From now on, these operations overwrite what is there whatever they were told, as in stores
  /// that do not know conditional writes. Empty: as S3 does it.
  public void ignoreConditionsOf(Set<S3Operation> operations) {
    store.ignoreConditionsOf(operations);
  }

  /// Nobody listens any more; what is stored stays.
  public void stop() {
    front.close();
    store.close();
  }

  /// Comes back after [#stop] at the same endpoint.
  public void restart() {
    try {
      int port = front.port();
      store = new S3Store(folder);
      front = front(port);
    } catch (IOException e) {
      throw new SandboxException("The object store does not start again", e);
    }
  }

  /// Deletes everything, and throws what the actions of hooks have thrown.
  @Override
  public void close() {
    stop();
    try {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      throw new SandboxException("Cannot delete " + folder, e);
    }
    actions.throwFailures();
  }
}
