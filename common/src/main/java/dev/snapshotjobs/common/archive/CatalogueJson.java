package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.archive.CatalogueEntry.Claim;
import dev.snapshotjobs.common.archive.CatalogueEntry.Content;
import dev.snapshotjobs.common.archive.CatalogueEntry.Snapshot;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A catalogue entry as JSON.
final class CatalogueJson {
  /// What Kubernetes allows for the name of an object; more than any handle that drivers have.
  private static final int NAME = 253;

  private static final int HANDLE = 2000;

  private CatalogueJson() {}

  static byte[] write(CatalogueEntry entry) {
    Map<String, Object> fields = Json.document();
    fields.put("instance", entry.instance());
    fields.put("snapshot", fields(entry.snapshot()));
    fields.put("content", fields(entry.content()));
    fields.put("claim", fields(entry.claim()));
    fields.put("labels", entry.labels());
    fields.put("annotations", entry.annotations());
    fields.put("recordedAt", entry.recordedAt().toString());
    return Json.write(fields, ArchiveLimits.CATALOGUE_ENTRY);
  }

  static CatalogueEntry read(String object, byte[] json) throws ArchiveFormatException {
    Fields in = Json.read(object, json, ArchiveLimits.CATALOGUE_ENTRY);
    String instance = in.value("instance", 63, Names::instance);
    Snapshot snapshot = snapshot(in.in("snapshot"));
    Content content = content(in.in("content"));
    Claim claim = claim(in.in("claim"));
    Map<String, String> labels = in.in("labels").texts();
    Map<String, String> annotations = in.in("annotations").texts();
    Instant recordedAt = in.instant("recordedAt");
    return in.made(
        () ->
            new CatalogueEntry(
                instance, snapshot, content, claim, labels, annotations, recordedAt));
  }

  private static Map<String, Object> fields(Snapshot snapshot) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("namespace", snapshot.namespace());
    fields.put("name", snapshot.name());
    fields.put("uid", snapshot.uid());
    fields.put("class", snapshot.className());
    fields.put("creationTime", snapshot.creationTime().toString());
    snapshot.restoreSize().ifPresent(size -> fields.put("restoreSize", size));
    return fields;
  }

  private static Snapshot snapshot(Fields in) throws ArchiveFormatException {
    String namespace = in.text("namespace", NAME);
    String name = in.value("name", NAME, Names::snapshot);
    String uid = in.text("uid", NAME);
    String className = in.text("class", NAME);
    Instant creationTime = in.instant("creationTime");
    Optional<Long> restoreSize =
        in.has("restoreSize") ? Optional.of(in.count("restoreSize")) : Optional.empty();
    return new Snapshot(namespace, name, uid, className, creationTime, restoreSize);
  }

  private static Map<String, Object> fields(Content content) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", content.name());
    fields.put("driver", content.driver());
    fields.put("handle", content.handle());
    return fields;
  }

  private static Content content(Fields in) throws ArchiveFormatException {
    String name = in.text("name", NAME);
    String driver = in.text("driver", NAME);
    String handle = in.text("handle", HANDLE);
    return in.made(() -> new Content(name, driver, handle));
  }

  private static Map<String, Object> fields(Claim claim) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", claim.name());
    fields.put("storageClass", claim.storageClass());
    fields.put("capacity", claim.capacity());
    return fields;
  }

  private static Claim claim(Fields in) throws ArchiveFormatException {
    return new Claim(in.text("name", NAME), in.text("storageClass", NAME), in.count("capacity"));
  }
}
