package dev.snapshotjobs.common.objects;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/// Content of any size: parts are sent by threads of their own while the next one is filled, and
/// what fits into one part is put in one request.
final class S3Upload extends ObjectUpload {
  private static final Logger LOG = LoggerFactory.getLogger(S3Upload.class);

  private static final int MOST_PARTS = 10_000;

  private final S3Connection s3;
  private final S3Multipart multipart;
  private final ObjectKey key;
  private final WriteOptions options;
  private final PartBuffers buffers;
  private final RunningDigest written = new RunningDigest();
  private final List<Future<CompletedPart>> parts = new ArrayList<>();
  private final AtomicReference<@Nullable RuntimeException> failed = new AtomicReference<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private S3Multipart.@Nullable Begun begun;
  private byte @Nullable [] filling;
  private int filled;
  private boolean ended;

  S3Upload(S3Connection s3, ObjectKey key, WriteOptions options) {
    this.s3 = s3;
    this.key = key;
    this.options = options;
    multipart = new S3Multipart(s3);
    // One is filled while the others are on their way.
    buffers = new PartBuffers(s3.limits().partSize(), s3.limits().parallelParts() + 1);
  }

  PartBuffers buffers() {
    return buffers;
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    Objects.checkFromIndexSize(from, length, bytes.length);
    if (ended) {
      throw new IllegalStateException("the upload of " + key + " has ended");
    }
    int copied = 0;
    while (copied < length) {
      byte[] buffer = filling();
      int count = Math.min(length - copied, buffer.length - filled);
      System.arraycopy(bytes, from + copied, buffer, filled, count);
      filled += count;
      copied += count;
    }
    written.add(bytes, from, length);
  }

  /// The buffer with room for at least one byte. A full one is sent only when there is more: the
  /// last part may be the only one.
  private byte[] filling() {
    byte[] buffer = filling;
    if (buffer != null && filled < buffer.length) {
      return buffer;
    }
    if (buffer != null) {
      send(buffer);
    }
    byte[] next;
    try {
      next = buffers.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw s3.diagnosis(S3Action.PUT, target()).interrupted(e);
    }
    filling = next;
    filled = 0;
    throwFailure();
    return next;
  }

  private void send(byte[] buffer) {
    int number = parts.size() + 1;
    if (number > MOST_PARTS) {
      throw new ObjectStoreFailure(
          ObjectStoreReason.REJECTED,
          "writing " + target() + ": more than " + MOST_PARTS + " parts of " + buffers.size(),
          "Write it as several objects.",
          null);
    }
    S3Multipart.Begun upload = begun();
    S3Body body = new S3Body(buffer, filled);
    filling = null;
    parts.add(
        threads.submit(
            () -> {
              try {
                return multipart.send(upload, number, body);
              } catch (RuntimeException e) {
                failed.compareAndSet(null, e);
                throw e;
              } finally {
                buffers.giveBack(buffer);
              }
            }));
  }

  private S3Multipart.Begun begun() {
    S3Multipart.Begun upload = begun;
    if (upload == null) {
      upload = multipart.begin(key, options);
      begun = upload;
    }
    return upload;
  }

  @Override
  public WriteResult complete() {
    if (ended) {
      throw new IllegalStateException("the upload of " + key + " has ended");
    }
    ended = true;
    byte[] last = filling;
    if (begun == null) {
      S3Body body = last == null ? new S3Body(new byte[0], 0) : new S3Body(last, filled);
      return new S3Writes(s3).put(key, body, options);
    }
    if (last != null) {
      send(last);
    }
    WriteResult result = multipart.complete(begun(), sent());
    return switch (result) {
      case WriteResult.Created created -> {
        begun = null;
        yield created;
      }
      // What the store refused stays there as parts, until [#close] removes them.
      case WriteResult.Exists exists -> exists;
    };
  }

  private List<CompletedPart> sent() {
    List<CompletedPart> sent = new ArrayList<>();
    for (Future<CompletedPart> part : parts) {
      try {
        sent.add(part.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw s3.diagnosis(S3Action.PUT, target()).interrupted(e);
      } catch (ExecutionException e) {
        throwFailure();
        throw new IllegalStateException("a part of " + key + " was not sent", e);
      }
    }
    return sent;
  }

  private void throwFailure() {
    RuntimeException failure = failed.get();
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public ContentDigest content() {
    return written.soFar();
  }

  @Override
  public void close() {
    ended = true;
    // Parts that arrive after the abort would stay: first they end, then the upload does.
    threads.shutdownNow();
    // A stop interrupts the run, and this must reach the store all the same.
    boolean interrupted = Thread.interrupted();
    try {
      threads.close();
      abort();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void abort() {
    S3Multipart.Begun upload = begun;
    if (upload == null) {
      return;
    }
    begun = null;
    try {
      multipart.abort(upload.target(), upload.uploadId());
    } catch (ObjectStoreFailure failure) {
      LOG.atWarn()
          .addKeyValue("why", failure.getMessage())
          .log("the parts of an upload were not removed and stay until orphans are looked for");
    }
  }

  private String target() {
    return s3.settings().inBucket(key.value());
  }
}
