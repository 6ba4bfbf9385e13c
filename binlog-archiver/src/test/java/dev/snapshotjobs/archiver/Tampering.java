package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.WriteOptions;
import java.io.IOException;
import java.util.Arrays;

/// What can happen to the objects of an archive.
record Tampering(ObjectStore store) {
  void remove(String key) {
    store.delete(new ObjectKey(key));
  }

  void flip(String key, int at) throws IOException {
    byte[] content = content(key);
    content[at] ^= 0x10;
    replace(key, content);
  }

  void cut(String key, int bytes) throws IOException {
    byte[] content = content(key);
    replace(key, Arrays.copyOf(content, content.length - bytes));
  }

  void replace(String key, byte[] content) {
    remove(key);
    store.putIfAbsent(new ObjectKey(key), content, WriteOptions.BINARY);
  }

  byte[] content(String key) throws IOException {
    try (ObjectContent content = store.get(new ObjectKey(key)).orElseThrow()) {
      return content.readAllBytes();
    }
  }
}
