package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FramesTest {
  private static final int MIB = 1 << 20;
  private static final byte[] LOG = log(20 * MIB + 12_345, new Random(1));
  private static final Written WRITTEN = write(LOG, 100_000, List.of());

  private static final class Written {
    private final byte[] object;
    private final List<Frame> frames;

    Written(byte[] object, List<Frame> frames) {
      this.object = object;
      this.frames = frames;
    }

    byte[] object() {
      return object;
    }

    List<Frame> frames() {
      return frames;
    }

    FrameReader reader() {
      return new FrameReader(
          "key",
          frames,
          (offset, length) -> Arrays.copyOfRange(object, (int) offset, (int) offset + length));
    }
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  @Test
  void followEachOtherWithoutAGap() {
    assertThat(WRITTEN.frames()).hasSize(3);
    assertThat(WRITTEN.frames().getLast().end()).isEqualTo(LOG.length);
    assertThat(WRITTEN.frames().getLast().objectEnd()).isEqualTo(WRITTEN.object().length);
  }

  @Test
  void areOneFileForOtherTools() throws IOException {
    InputStream packed = new ByteArrayInputStream(WRITTEN.object());
    try (InputStream plain = PlainStream.of("key", packed, LOG.length)) {
      assertThat(plain.readAllBytes()).isEqualTo(LOG);
    }
    byte[] all = new byte[LOG.length];
    assertThat(Zstd.decompress(all, WRITTEN.object())).isEqualTo(LOG.length);
    assertThat(all).isEqualTo(LOG);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void giveAnyPartOfTheLog(long seed) throws IOException {
    Random random = new Random(seed);
    int from = random.nextInt(LOG.length + 1);
    int to = random.nextInt(from, Math.min(LOG.length, from + (1 << random.nextInt(24))) + 1);
    ByteArrayOutputStream part = new ByteArrayOutputStream();

    WRITTEN.reader().read(from, to, part::write);

    assertThat(part.toByteArray()).isEqualTo(Arrays.copyOfRange(LOG, from, to));
  }

  @Test
  void areCutBetweenEventsWhereThatCostsLittle() {
    List<Long> ends = LongStream.rangeClosed(1, 20).map(n -> n * (MIB + 7)).boxed().toList();

    assertThat(write(LOG, MIB + 7, ends).frames().subList(0, 2))
        .extracting(Frame::end)
        .containsExactly(7L * (MIB + 7), 14L * (MIB + 7));
    assertThat(write(LOG, 100_000, List.of(1000L)).frames().getFirst().length())
        .isEqualTo(ArchiveLimits.FRAME);
  }

  @Test
  void areMadeInTheSameMemoryForAnyLog() throws IOException {
    byte[] piece = Arrays.copyOf(LOG, MIB);
    long before = RandomDocumentsTest.allocated();
    List<Frame> frames = new ArrayList<>();
    try (FrameWriter writer =
        new FrameWriter(OutputStream.nullOutputStream(), 0, (_, _, _) -> {}, frames::add)) {
      for (int i = 0; i < 300; i++) {
        writer.accept(piece, 0, piece.length);
      }
      writer.finish();
    }
    assertThat(RandomDocumentsTest.allocated() - before).isLessThan(40L * MIB);
    assertThat(frames.getLast().end()).isEqualTo(300L * MIB);
  }

  @Test
  void areOfTheClosedLogThoughItWasOpen() throws IOException {
    byte[] open = Arrays.copyOf(LOG, 1000);
    open[21] |= 1; // four bytes, and the flags of the first event at 17
    byte[] closed = open.clone();
    closed[21] &= ~1;

    assertThat(write(open, 7, List.of()).reader().frame(0)).isEqualTo(closed);
    assertThat(open[21] & 1).isEqualTo(1);
  }

  @Test
  void areRefusedWhenTheyGrowBeyondTheirLimit() {
    byte[] bomb = Zstd.compress(new byte[200 * MIB]);

    assertFault(Fault.TOO_LARGE, bomb, new Frame(0, 1000, 0, bomb.length));
    assertThatThrownBy(() -> new Frame(0, ArchiveLimits.FRAME + 1, 0, 9))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Frame(0, 9, 0, ArchiveLimits.PACKED_FRAME + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> plain(bomb, 1000))
        .isInstanceOfSatisfying(
            ArchiveFormatException.class, e -> assertThat(e.fault()).isEqualTo(Fault.WRONG_LENGTH));
  }

  @Test
  void areRefusedWhenTheyAreNotExactlyWhatTheIndexSays() {
    byte[] packed = Zstd.compress(new byte[1000]);
    Frame frame = new Frame(0, 1000, 0, packed.length);
    byte[] two = Arrays.copyOf(packed, 2 * packed.length);
    System.arraycopy(packed, 0, two, packed.length, packed.length);

    assertFault(Fault.WRONG_LENGTH, Arrays.copyOf(packed, packed.length - 1), frame);
    assertFault(Fault.DAMAGED, packed, new Frame(0, 1001, 0, packed.length));
    assertFault(Fault.DAMAGED, packed, new Frame(0, 999, 0, packed.length));
    assertFault(Fault.WRONG_LENGTH, two, new Frame(0, 1000, 0, two.length));
    byte[] half = Arrays.copyOf(packed, packed.length / 2);
    assertFault(Fault.DAMAGED, half, new Frame(0, 1000, 0, half.length));
    byte[] noise = "no frame at all".getBytes(StandardCharsets.UTF_8);
    assertFault(Fault.DAMAGED, noise, new Frame(0, 1000, 0, noise.length));
  }

  @Test
  void areRefusedWithTheNameOfTheObjectAndBothOffsets() {
    byte[] object = WRITTEN.object().clone();
    Frame second = WRITTEN.frames().get(1);
    object[(int) second.objectOffset() + second.objectLength() / 2] ^= 1;

    assertThatThrownBy(() -> new Written(object, WRITTEN.frames()).reader().frame(1))
        .isInstanceOf(ArchiveFormatException.class)
        .hasMessageContaining("key: the frame at byte " + second.objectOffset() + " of the object")
        .hasMessageContaining("from offset " + second.offset());
    assertThatThrownBy(() -> plain(object, LOG.length))
        .isInstanceOf(ArchiveFormatException.class)
        .hasMessageStartingWith("key: after ");
  }

  @Test
  void areNotReadAsAStreamWhenTheyWantMuchMemoryOrAreTooShortOrTooLong() {
    byte[] plain = log(64 * MIB, new Random(2));
    byte[] packed;
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      packed = zstd.setLong(26).setContentSize(false).compress(plain);
    }
    assertThatThrownBy(() -> plain(packed, plain.length))
        .isInstanceOf(ArchiveFormatException.class);
    for (int wrong : new int[] {LOG.length - 1, LOG.length + 1, 0}) {
      assertThatThrownBy(() -> plain(WRITTEN.object(), wrong))
          .isInstanceOfSatisfying(
              ArchiveFormatException.class,
              e -> assertThat(e.fault()).isEqualTo(Fault.WRONG_LENGTH));
    }
    assertThatThrownBy(
            () -> plain(Arrays.copyOf(WRITTEN.object(), WRITTEN.object().length - 3), LOG.length))
        .isInstanceOfSatisfying(
            ArchiveFormatException.class, e -> assertThat(e.fault()).isEqualTo(Fault.DAMAGED));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void areReadRightOrNotAtAllWhateverIsWrong(long seed) {
    Random random = new Random(seed);
    byte[] log = log(random.nextInt(1, 100_000), random);
    Written written = write(log, 10_000, List.of());
    byte[] object = written.object().clone();
    random
        .ints(random.nextInt(1, 5), 0, object.length)
        .forEach(at -> object[at] = (byte) random.nextInt());
    long before = RandomDocumentsTest.allocated();

    Throwable outcome =
        catchThrowable(
            () -> {
              byte[] read = new Written(object, written.frames()).reader().frame(0);
              assertThat(read).isEqualTo(log);
            });
    Throwable streamed = catchThrowable(() -> assertThat(plain(object, log.length)).isEqualTo(log));

    assertThat(RandomDocumentsTest.allocated() - before).isLessThan(4L * MIB);
    for (Throwable each : new Throwable[] {outcome, streamed}) {
      if (each != null) {
        assertThat(each).isInstanceOf(ArchiveFormatException.class);
      }
    }
  }

  /// Bytes that compress about as well as a log.
  static byte[] log(int length, Random random) {
    byte[] log = new byte[length];
    byte[] word = new byte[40];
    for (int at = 0; at < length; at += word.length) {
      if (random.nextInt(3) == 0) {
        random.nextBytes(word);
      }
      System.arraycopy(word, 0, log, at, Math.min(word.length, length - at));
    }
    if (length > 21) {
      log[21] &= ~1;
    }
    return log;
  }

  private static Written write(byte[] log, int piece, List<Long> eventEnds) {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    List<Frame> frames = new ArrayList<>();
    try (FrameWriter writer = new FrameWriter(object, 0, (_, _, _) -> {}, frames::add)) {
      for (int at = 0; at < log.length; at += piece) {
        writer.accept(log, at, Math.min(piece, log.length - at));
        if (eventEnds.contains(writer.offset())) {
          writer.eventEndsAt(writer.offset());
        }
      }
      writer.finish();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return new Written(object.toByteArray(), frames);
  }

  private static byte[] plain(byte[] object, long length) throws IOException {
    try (InputStream in = PlainStream.of("key", new ByteArrayInputStream(object), length)) {
      return in.readAllBytes();
    }
  }

  private static void assertFault(Fault fault, byte[] object, Frame frame) {
    FrameReader reader = new FrameReader("key", List.of(frame), (_, _) -> object);
    assertThatThrownBy(() -> reader.frame(0))
        .isInstanceOfSatisfying(
            ArchiveFormatException.class, e -> assertThat(e.fault()).isEqualTo(fault));
  }
}
