package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.Problems;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A time as somebody gave it.
sealed interface TimeArgument {
  /// With an offset.
  record Exact(Instant instant) implements TimeArgument {}

  /// As a clock on some wall showed it.
  record OnTheWall(LocalDateTime time) implements TimeArgument {}

  /// The instant that it is. A clock on a wall shows no time twice and leaves none out but when it
  /// is put back or forward: then nobody can know, and nothing is assumed.
  ///
  /// @param option that gave the time
  /// @param zone of the wall
  /// @param problems takes what is wrong; then the result is empty
  static Optional<Instant> resolve(
      String option, @Nullable TimeArgument given, @Nullable ZoneId zone, Problems problems) {
    return switch (given) {
      case null -> Optional.empty();
      case Exact(Instant instant) -> Optional.of(instant);
      case OnTheWall(LocalDateTime time) when zone == null -> {
        problems.add(
            option,
            "'" + time + "' has no offset, so it is a different instant in each time zone",
            TimeArgumentConverter.ALLOWED);
        yield Optional.empty();
      }
      case OnTheWall(LocalDateTime time) -> {
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time);
        if (offsets.size() == 1) {
          yield Optional.of(time.toInstant(offsets.getFirst()));
        }
        problems.add(
            option,
            offsets.isEmpty()
                ? "no clock of %s shows %s: they were put forward".formatted(zone, time)
                : "the clocks of %s show %s twice: they were put back".formatted(zone, time),
            around(time, zone, offsets));
        yield Optional.empty();
      }
    };
  }

  private static String around(LocalDateTime time, ZoneId zone, List<ZoneOffset> offsets) {
    List<ZoneOffset> possible =
        offsets.isEmpty()
            ? List.of(
                zone.getRules().getTransition(time).getOffsetBefore(),
                zone.getRules().getTransition(time).getOffsetAfter())
            : offsets;
    return possible.stream()
        .map(offset -> time.atOffset(offset).toString())
        .collect(Collectors.joining(" or "));
  }
}
