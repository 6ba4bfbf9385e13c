package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.GtidState;
import java.util.Optional;
import java.util.stream.Stream;

/// The places on both sides of one that cannot be reached.
record Nearest(Optional<Spot> before, Optional<Spot> after) {
  static final Nearest NONE = new Nearest(Optional.empty(), Optional.empty());

  /// A place to which there is a plan.
  ///
  /// @param target by which one gets there, in the timeline; empty if none means just this place: a
  ///   snapshot with no transaction behind it
  /// @param what it is, for a person
  /// @param why nothing of this history lies between it and what was asked for
  record Spot(
      Optional<Target> target, TimelineId timeline, GtidState state, String what, String why) {
    Optional<String> arguments() {
      return target.map(one -> one.argument() + " --timeline " + timeline);
    }

    @Override
    public String toString() {
      String place = state.isEmpty() ? "the very beginning" : "GTID " + state.position();
      String how = arguments().map(" (%s)"::formatted).orElse("");
      return "%s, %s%s: %s".formatted(what, place, how, why);
    }
  }

  /// As a sentence each.
  Stream<String> sentences() {
    return Stream.concat(
        before.map(spot -> "the nearest before it is " + spot).stream(),
        after.map(spot -> "the nearest behind it is " + spot).stream());
  }
}
