package dev.snapshotjobs.demo;

import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import dev.snapshotjobs.common.objects.StoredObject;
import dev.snapshotjobs.sandbox.S3Server;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The bucket that all jobs share.
record Bucket(S3Server store) {

  /// What each job is told of it.
  Map<String, String> settings() {
    return Map.of(
        "INSTANCE",
        "shop",
        "S3_BUCKET",
        S3Server.BUCKET,
        "S3_ENDPOINT",
        store.endpoint().toString(),
        "S3_PATH_STYLE",
        "true",
        "AWS_ACCESS_KEY_ID",
        store.accessKey(),
        "AWS_SECRET_ACCESS_KEY",
        store.secretKey());
  }

  /// What lies in it, in the order of its keys.
  List<StoredObject> objects() {
    try (S3ObjectStore bucket = connect();
        Stream<StoredObject> objects = bucket.list("shop/")) {
      return objects.toList();
    }
  }

  /// With the account of the store, which all of this process uses from here on.
  S3ObjectStore connect() {
    System.setProperty("aws.accessKeyId", store.accessKey());
    System.setProperty("aws.secretAccessKey", store.secretKey());
    return S3ObjectStore.connect(
        new S3Settings(
            S3Server.BUCKET,
            "",
            Optional.of(store.endpoint()),
            Optional.empty(),
            true,
            S3Server.REGION,
            SseMode.NONE,
            Optional.empty(),
            ChecksumMode.WHEN_SUPPORTED));
  }
}
