package dev.snapshotjobs.sandbox;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/// S3Proxy on a folder: checks signatures, digests and conditions as S3 does.
final class S3Store implements AutoCloseable {

  static final String ACCESS_KEY = "sandbox-access-key";
  static final String SECRET_KEY = "sandbox-secret-key";

  /// The operations whose conditions are not looked at. Here and not before the signature is
  /// checked, which covers the headers.
  private final Set<S3Operation> unconditional = new CopyOnWriteArraySet<>();

  private final Store store;
  private final S3Proxy proxy;

  /// `folder` has to be absolute: S3Proxy neither lists nor joins parts in another.
  S3Store(Path folder) {
    store = new Store(folder.toAbsolutePath().toString());
    proxy =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
            .stopTimeout(0)
            .build();
    try {
      proxy.start();
    } catch (Exception e) {
      throw new SandboxException("S3Proxy does not start", e);
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getPort());
  }

  void createBucket(String name) {
    store.createContainer(name);
  }

  void ignoreConditionsOf(Set<S3Operation> operations) {
    unconditional.clear();
    unconditional.addAll(operations);
  }

  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new SandboxException("S3Proxy does not stop", e);
    }
  }

  private final class Store extends ForwardingBlobStore {

    Store(String folder) {
      super(new FilesystemNio2BlobStore(folder));
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
      return super.putBlob(
          unconditional.contains(S3Operation.PUT_OBJECT)
              ? request.toBuilder().ifNoneMatch(null).build()
              : request,
          content);
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(
        MultipartUpload upload, CompleteMultipartUploadRequest request) {
      return super.completeMultipartUpload(
          upload,
          unconditional.contains(S3Operation.COMPLETE_UPLOAD)
              ? request.toBuilder().ifNoneMatch(null).build()
              : request);
    }
  }
}
