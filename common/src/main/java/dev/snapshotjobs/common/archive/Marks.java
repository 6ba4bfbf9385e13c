package dev.snapshotjobs.common.archive;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The marks of one log, in the order of their offsets. Their times need not be in order: a clock
/// may have been set back.
public record Marks(List<Mark> all) {
  public static final Marks NONE = new Marks(List.of());

  /// Where an instant lies in a log.
  ///
  /// @param included what lies before this mark was logged by then; empty if nothing is known to be
  /// @param excluded what lies behind this mark was logged later; empty if nothing is known to be
  public record Bounds(Optional<Mark> included, Optional<Mark> excluded) {}

  public Marks {
    all = List.copyOf(all);
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i).offset() < all.get(i - 1).offset()) {
        throw new IllegalArgumentException("marks go back to offset " + all.get(i).offset());
      }
    }
  }

  /// Where the instant lies. Marks that a clock which was set back has brought into contradiction
  /// move both bounds apart: what is certain in spite of them stays.
  public Bounds around(Instant instant) {
    Mark included = null;
    for (int i = 0; i < all.size() && !all.get(i).at().isAfter(instant); i++) {
      included = all.get(i);
    }
    Mark excluded = null;
    for (int i = all.size() - 1; i >= 0 && !all.get(i).at().isBefore(instant); i--) {
      if (all.get(i).caughtUp()) {
        excluded = all.get(i);
      }
    }
    return new Bounds(Optional.ofNullable(included), Optional.ofNullable(excluded));
  }

  List<Map<String, Object>> fields() {
    return all.stream().map(Mark::fields).toList();
  }

  void checkWithin(long from, long to, int most) {
    if (all.size() > most) {
      throw new IllegalArgumentException("at most " + most + " marks, not " + all.size());
    }
    if (!all.isEmpty() && (all.getFirst().offset() < from || all.getLast().offset() > to)) {
      throw new IllegalArgumentException("marks lie outside of %d to %d".formatted(from, to));
    }
  }
}
