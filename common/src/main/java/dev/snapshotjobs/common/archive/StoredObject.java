package dev.snapshotjobs.common.archive;

import java.util.LinkedHashMap;
import java.util.Map;

/// What was put into the bucket under one key, as it lies there.
public record StoredObject(long size, String sha256) {
  public StoredObject {
    if (size < 1) {
      throw new IllegalArgumentException("no object of ours is empty");
    }
    Sha256.checked(sha256);
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("size", size);
    fields.put("sha256", sha256);
    return fields;
  }

  static StoredObject of(Fields fields) throws ArchiveFormatException {
    return new StoredObject(fields.number("size", 1, Long.MAX_VALUE), fields.sha256("sha256"));
  }
}
