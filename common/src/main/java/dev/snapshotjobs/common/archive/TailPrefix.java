package dev.snapshotjobs.common.archive;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What can be read of a log that is not sealed: chunks that follow each other from its first byte.
///
/// @param chunks in order; the next may begin before the last one ends
/// @param leftOver what is not among them, and why
/// @param tailMarks those that lie by themselves, at the end of one of the chunks
public record TailPrefix(
    List<TailChunk> chunks, List<LeftOver> leftOver, List<TailMark> tailMarks) {
  public record LeftOver(TailChunk chunk, Why why) {}

  /// Why a chunk is of no use.
  public enum Why {
    /// Others say the same.
    COVERED,
    /// It is of a log of the same name that begins differently.
    OTHER_LOG,
    /// Nothing reaches to where it begins.
    AFTER_A_GAP,
    /// It continues something else than what is there.
    CONTRADICTION
  }

  public TailPrefix {
    chunks = List.copyOf(chunks);
    leftOver = List.copyOf(leftOver);
    tailMarks = List.copyOf(tailMarks);
  }

  /// The same for one who does not ask about marks that lie by themselves.
  public static TailPrefix longest(Collection<TailChunk> ofOneLog) {
    return longest(ofOneLog, List.of());
  }

  /// The chunks that reach furthest. Which of them belong together is told by what their documents
  /// say of the bytes before them; a chunk that begins inside of another is believed, and found out
  /// by who reads it.
  public static TailPrefix longest(Collection<TailChunk> ofOneLog, Collection<TailMark> tailMarks) {
    List<TailChunk> all = new ArrayList<>(Set.copyOf(ofOneLog));
    all.sort(TailPaths.ORDER);
    if (all.stream().map(chunk -> chunk.timeline() + "/" + chunk.log()).distinct().count() > 1) {
      throw new IllegalArgumentException("chunks of several logs");
    }
    TailPaths paths = new TailPaths(all);
    List<TailChunk> chosen = paths.longest();
    Set<TailChunk> used = Set.copyOf(chosen);
    List<LeftOver> leftOver = new ArrayList<>();
    for (TailChunk chunk : all) {
      if (!used.contains(chunk)) {
        leftOver.add(new LeftOver(chunk, why(chunk, chosen, paths)));
      }
    }
    List<TailMark> fitting =
        tailMarks.stream()
            .filter(mark -> chosen.stream().anyMatch(mark::isAtTheEndOf))
            .sorted(Comparator.comparing((TailMark mark) -> mark.mark().at()))
            .toList();
    return new TailPrefix(chosen, leftOver, fitting);
  }

  /// The same without a chunk that turned out not to continue the others.
  public TailPrefix without(TailChunk wrong) {
    List<TailChunk> others = new ArrayList<>(chunks);
    leftOver.forEach(left -> others.add(left.chunk()));
    others.removeIf(wrong::equals);
    return longest(others, tailMarks);
  }

  /// Up to where the log can be read.
  public long end() {
    return chunks.isEmpty() ? 0 : chunks.getLast().range().to();
  }

  /// All marks, those of the chunks and those that lie by themselves; if there are too many, some.
  public Marks marks() {
    MarkKeeper marks = MarkKeeper.ofLog();
    Stream.concat(
            chunks.stream().flatMap(chunk -> chunk.marks().all().stream()),
            tailMarks.stream().map(TailMark::mark))
        .sorted(Comparator.comparingLong(Mark::offset).thenComparing(Mark::at))
        .forEach(marks::add);
    return marks.marks();
  }

  /// Up to where no transaction is left open.
  public long wholeTransactionsEnd() {
    return chunks.isEmpty() ? 0 : chunks.getLast().prefix().wholeTransactionsEnd();
  }

  private static Why why(TailChunk chunk, List<TailChunk> chosen, TailPaths paths) {
    long end = chosen.isEmpty() ? 0 : chosen.getLast().range().to();
    if (!chosen.isEmpty() && !TailPaths.sameLog(chunk, chosen.getFirst())) {
      return Why.OTHER_LOG;
    }
    if (chunk.range().from() > end) {
      return Why.AFTER_A_GAP;
    }
    boolean contradicted =
        chosen.stream()
            .anyMatch(
                one ->
                    one.range().to() == chunk.range().to()
                        && !one.prefix().sha256().equals(chunk.prefix().sha256()));
    return contradicted || !paths.reaches(chunk) ? Why.CONTRADICTION : Why.COVERED;
  }
}
