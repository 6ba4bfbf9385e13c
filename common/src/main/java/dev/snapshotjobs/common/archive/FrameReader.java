package dev.snapshotjobs.common.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import java.io.IOException;
import java.util.List;

/// Reads parts of a compressed log by the index of its frames, one frame in memory at a time.
public final class FrameReader {
  private final String object;
  private final List<Frame> frames;
  private final RangeSource source;

  /// Of one object.
  ///
  /// @param object the key, for what there is to complain about
  public FrameReader(String object, LogIndex index, RangeSource source) {
    this(object, index.frames().stream().map(IndexedFrame::frame).toList(), source);
  }

  FrameReader(String object, List<Frame> frames, RangeSource source) {
    this.object = object;
    this.frames = List.copyOf(frames);
    this.source = source;
  }

  /// The plain bytes of one frame, by its number from 0.
  public byte[] frame(int number) throws IOException {
    Frame frame = frames.get(number);
    byte[] packed = source.fetch(frame.objectOffset(), frame.objectLength());
    if (packed.length != frame.objectLength()) {
      throw wrong(
          Fault.WRONG_LENGTH,
          frame,
          "the index says that it has %d bytes, and there are %d"
              .formatted(frame.objectLength(), packed.length));
    }
    try {
      checkSizes(frame, packed);
      byte[] plain = new byte[frame.length()];
      long size = Zstd.decompressByteArray(plain, 0, plain.length, packed, 0, packed.length);
      if (size != plain.length) {
        throw wrong(Fault.WRONG_LENGTH, frame, "it has " + size + " plain bytes");
      }
      return plain;
    } catch (ZstdException e) {
      throw wrong(Fault.DAMAGED, frame, String.valueOf(e.getMessage()));
    }
  }

  /// Gives the plain bytes of a part of the log.
  ///
  /// @param to the offset behind the last one
  public void read(long from, long to, PlainSink sink) throws IOException {
    long end = frames.isEmpty() ? 0 : frames.getLast().end();
    if (from < 0 || to < from || to > end) {
      throw new IllegalArgumentException(
          "bytes %d to %d of a log that has %d".formatted(from, to, end));
    }
    for (int i = 0; i < frames.size(); i++) {
      Frame frame = frames.get(i);
      if (frame.end() > from && frame.offset() < to) {
        int first = (int) (Math.max(from, frame.offset()) - frame.offset());
        int last = (int) (Math.min(to, frame.end()) - frame.offset());
        sink.accept(frame(i), first, last - first);
      }
    }
  }

  /// Looks at what the frame says of itself before any memory is taken for it.
  private void checkSizes(Frame frame, byte[] packed) throws ArchiveFormatException {
    long stated = Zstd.getFrameContentSize(packed);
    if (stated != frame.length()) {
      boolean bomb = stated > ArchiveLimits.FRAME;
      throw wrong(
          bomb ? Fault.TOO_LARGE : Fault.DAMAGED,
          frame,
          "it should state a size of %d plain bytes, and states %s"
              .formatted(frame.length(), stated < 0 ? "none" : Long.toString(stated)));
    }
    long whole = Zstd.findFrameCompressedSize(packed);
    if (whole != packed.length) {
      throw wrong(Fault.WRONG_LENGTH, frame, "it ends after " + whole + " bytes");
    }
  }

  private ArchiveFormatException wrong(Fault fault, Frame frame, String what) {
    return new ArchiveFormatException(
        fault,
        object,
        "the frame at byte %d of the object, which holds the log from offset %d: %s"
            .formatted(frame.objectOffset(), frame.offset(), what));
  }
}
