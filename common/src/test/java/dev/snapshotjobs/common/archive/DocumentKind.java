package dev.snapshotjobs.common.archive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// The kinds of documents, each with its sample, as the tests go through them.
enum DocumentKind {
  MANIFEST("manifest", ArchiveLimits.MANIFEST) {
    @Override
    Object sample() {
      return Samples.manifest();
    }

    @Override
    Object read(byte[] json) throws IOException {
      return Manifest.read("key", json);
    }
  },
  TIMELINE("timeline", ArchiveLimits.TIMELINE) {
    @Override
    Object sample() {
      return Samples.timeline();
    }

    @Override
    Object read(byte[] json) throws IOException {
      return Timeline.read("key", json);
    }
  },
  TAIL_CHUNK("tail-chunk", ArchiveLimits.CHUNK_DOCUMENT) {
    @Override
    Object sample() {
      return Samples.chunk();
    }

    @Override
    Object read(byte[] json) throws IOException {
      return TailChunk.read("key", json);
    }
  },
  TAIL_MARK("tail-mark", ArchiveLimits.TAIL_MARK) {
    @Override
    Object sample() {
      return Samples.tailMark();
    }

    @Override
    Object read(byte[] json) throws IOException {
      return TailMark.read("key", json);
    }
  },
  CATALOGUE_ENTRY("catalogue-entry", ArchiveLimits.CATALOGUE_ENTRY) {
    @Override
    Object sample() {
      return Samples.entry();
    }

    @Override
    Object read(byte[] json) throws IOException {
      return CatalogueEntry.read("key", json);
    }
  },
  PLAN("plan", ArchiveLimits.PLAN) {
    @Override
    Object sample() {
      return Samples.plan();
    }

    @Override
    Object read(byte[] json) throws IOException {
      return PlanDocument.read("key", json);
    }
  },
  HISTORY("history", ArchiveLimits.TIMELINE) {
    @Override
    Object sample() {
      return Samples.history();
    }

    @Override
    Object read(byte[] json) throws IOException {
      return RestoredHistory.read("key", json);
    }
  },
  /// Its JSON is what is in the compressed object.
  INDEX("index", ArchiveLimits.INDEX) {
    @Override
    Object sample() {
      return Samples.index();
    }

    @Override
    Object read(byte[] json) throws IOException {
      return LogIndex.read("key", new ByteArrayInputStream(Packed.of(json)));
    }
  };

  private final String title;
  private final int limit;

  DocumentKind(String title, int limit) {
    this.title = title;
    this.limit = limit;
  }

  abstract Object sample();

  abstract Object read(byte[] json) throws IOException;

  int limit() {
    return limit;
  }

  byte[] json() {
    return json(sample());
  }

  static byte[] json(Object document) {
    return switch (document) {
      case Manifest manifest -> manifest.json();
      case Timeline timeline -> timeline.json();
      case TailChunk chunk -> chunk.json();
      case TailMark mark -> mark.json();
      case CatalogueEntry entry -> entry.json();
      case PlanDocument plan -> plan.json();
      case RestoredHistory history -> history.json();
      case LogIndex index -> Packed.plain(index.packed());
      default -> throw new IllegalArgumentException(document + " is no document");
    };
  }

  /// As it was when the format was fixed.
  byte[] golden() {
    try (InputStream in = DocumentKind.class.getResourceAsStream("/archive/" + fileName())) {
      if (in == null) {
        throw new IllegalStateException(fileName() + " is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String fileName() {
    return title + ".json";
  }

  @Override
  public String toString() {
    return title;
  }
}
