package dev.snapshotjobs.common.archive;

import com.github.luben.zstd.ZstdCompressCtx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An index as compressed JSON. If it would be too large it says less: an index with fewer states
/// and marks leads to the same bytes, through more frames.
final class LogIndexWriter {
  private LogIndexWriter() {}

  static byte[] write(LogIndex index) {
    return write(index, ArchiveLimits.INDEX);
  }

  static byte[] write(LogIndex index, int limit) {
    byte[] json = Json.INDEX.writeValueAsBytes(fields(index));
    for (int step = 2; json.length > limit; step *= 2) {
      if (step > 2 * index.frames().size()) {
        throw new IllegalStateException("an index of bare frames is within its limit");
      }
      index = thinned(index, step);
      json = Json.INDEX.writeValueAsBytes(fields(index));
    }
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      return zstd.setLevel(FrameWriter.LEVEL).setChecksum(true).setContentSize(true).compress(json);
    }
  }

  private static LogIndex thinned(LogIndex index, int step) {
    List<IndexedFrame> frames = new ArrayList<>();
    for (IndexedFrame frame : index.frames()) {
      frames.add(
          frames.size() % step == 0
              ? frame
              : new IndexedFrame(
                  frame.frame(),
                  Optional.empty(),
                  frame.transactions(),
                  frame.ordered(),
                  frame.times()));
    }
    List<Mark> marks = new ArrayList<>();
    for (int i = 0; i < index.marks().all().size(); i += step) {
      marks.add(index.marks().all().get(i));
    }
    return new LogIndex(frames, index.end(), new Marks(marks));
  }

  private static Map<String, Object> fields(LogIndex index) {
    Map<String, Object> fields = Json.document();
    fields.put("frames", index.frames().stream().map(LogIndexWriter::fields).toList());
    fields.put("end", index.end().toString());
    fields.put("marks", index.marks().fields());
    return fields;
  }

  private static Map<String, Object> fields(IndexedFrame indexed) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("offset", indexed.frame().offset());
    fields.put("length", indexed.frame().length());
    fields.put("objectOffset", indexed.frame().objectOffset());
    fields.put("objectLength", indexed.frame().objectLength());
    indexed.state().ifPresent(state -> fields.put("state", state.toString()));
    fields.put("transactions", indexed.transactions());
    fields.put("ordered", indexed.ordered());
    indexed
        .times()
        .ifPresent(
            span -> {
              fields.put("earliest", span.earliest().toString());
              fields.put("latest", span.latest().toString());
            });
    return fields;
  }
}
