package dev.snapshotjobs.common.objects;

import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// The content of an object on its way here. It ends when all of it was read, and not before.
final class S3Content extends ObjectContent {

  private final ResponseInputStream<GetObjectResponse> body;
  private final S3Diagnosis diagnosis;
  private final boolean whole;
  private final RunningDigest read = new RunningDigest();
  private final long length;

  S3Content(
      StoredObject object,
      ResponseInputStream<GetObjectResponse> body,
      S3Diagnosis diagnosis,
      boolean whole) {
    super(object);
    this.body = body;
    this.diagnosis = diagnosis;
    this.whole = whole;
    length = body.response().contentLength();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public int read(byte[] bytes, int from, int count) {
    if (count == 0) {
      return 0;
    }
    int got;
    try {
      got = body.read(bytes, from, count);
    } catch (IOException e) {
      throw diagnosis.cutOff(progress() + " when the connection ended: " + e.getMessage(), e);
    } catch (SdkException e) {
      throw diagnosis.of(e);
    }
    if (got < 0) {
      checkEnd();
      return -1;
    }
    read.add(bytes, from, got);
    return got;
  }

  private void checkEnd() {
    if (read.size() != length) {
      throw diagnosis.cutOff(progress(), null);
    }
    String expected = object().sha256();
    if (whole && expected != null && !read.soFar().sha256().equals(expected)) {
      throw diagnosis.damaged("its SHA-256 is not the one that it was written with");
    }
  }

  private String progress() {
    return "got " + read.size() + " of " + length + " bytes";
  }

  /// Without reading the rest, which may be long.
  @Override
  public void close() {
    if (read.size() < length) {
      body.abort();
      return;
    }
    try {
      body.close();
    } catch (IOException e) {
      body.abort(); // everything was read
    }
  }
}
