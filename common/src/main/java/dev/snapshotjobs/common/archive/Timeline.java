package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.GtidState;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One uninterrupted history of binary logs, as it was opened.
///
/// @param parent the history that it goes on from, as far as one is known
/// @param serverId the server's `@@server_id` then
/// @param firstLog the first of its logs
/// @param firstHead the fingerprint of that log's head, by which it is known again
/// @param start the state at its beginning
public record Timeline(
    String instance,
    TimelineId id,
    Optional<Fork> parent,
    long serverId,
    LogName firstLog,
    String firstHead,
    GtidState start,
    Reason reason,
    Continuity continuity,
    Instant openedAt) {

  /// Where a history leaves another one.
  ///
  /// @param state the end of what both have in common, or of what is archived of the other
  /// @param log the log of the other one in which that is
  public record Fork(TimelineId timeline, GtidState state, LogName log) {
    public Fork {
      SummaryJson.bounded(state);
    }
  }

  /// Why a timeline was opened.
  public enum Reason {
    /// Nothing was archived before.
    FIRST("first"),
    /// Logs of known names begin differently: the server was restored, or its logs were reset.
    RESTORED_OR_RESET("restored-or-reset"),
    /// Nothing is missing, but the logs have other names or numbers than before.
    RENAMED("renamed"),
    /// Logs were gone before they were archived.
    GAP("gap"),
    /// The server's log ends before, or differs within, what is archived of it: its tail was lost.
    SHORTER_THAN_ARCHIVED("shorter-than-archived"),
    /// A restore of ours made it, from a known place of its parent.
    FORK("fork");

    private final String title;

    Reason(String title) {
      this.title = title;
    }

    @Override
    public String toString() {
      return title;
    }

    static Reason parse(String title) {
      return Arrays.stream(values())
          .filter(reason -> reason.title.equals(title))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(Names.quoted(title) + " is no reason"));
    }
  }

  /// Whether the timeline continues what is archived.
  public sealed interface Continuity {
    /// Nothing is missing between its parent and it.
    record Proven() implements Continuity {}

    /// What was logged between the two states is not archived, as far as it existed.
    ///
    /// @param from the end of what is archived
    /// @param to the beginning of what is archived again
    record Unproven(GtidState from, GtidState to) implements Continuity {
      public Unproven {
        SummaryJson.bounded(from);
        SummaryJson.bounded(to);
      }
    }
  }

  public Timeline {
    Names.instance(instance);
    Sha256.checked(firstHead);
    SummaryJson.bounded(start);
    if (serverId < 0 || serverId > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException("no server has the id " + serverId);
    }
    if (parent.isPresent() && parent.get().timeline().compareTo(id) >= 0) {
      throw new IllegalArgumentException(
          "timeline " + id + " cannot come from the later " + parent.get().timeline());
    }
    boolean proven = continuity instanceof Continuity.Proven;
    boolean fits =
        switch (reason) {
          case FIRST -> parent.isEmpty() && proven;
          case FORK, RENAMED -> parent.isPresent() && proven;
          case GAP -> !proven;
          case SHORTER_THAN_ARCHIVED, RESTORED_OR_RESET -> parent.isPresent() || !proven;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "reason '%s' does not go with %s and %s"
              .formatted(
                  reason,
                  parent.isPresent() ? "a parent" : "no parent",
                  proven ? "proven continuity" : "a gap"));
    }
  }

  public byte[] json() {
    Map<String, Object> fields = Json.document();
    fields.put("instance", instance);
    fields.put("id", id.toString());
    parent.ifPresent(fork -> fields.put("parent", fields(fork)));
    fields.put("serverId", serverId);
    fields.put("firstLog", firstLog.text());
    fields.put("firstHead", firstHead);
    fields.put("start", start.toString());
    fields.put("reason", reason.toString());
    fields.put(
        "continuity",
        switch (continuity) {
          case Continuity.Proven() -> "proven";
          case Continuity.Unproven _ -> "unproven";
        });
    if (continuity instanceof Continuity.Unproven(GtidState from, GtidState to)) {
      Map<String, Object> missing = new LinkedHashMap<>();
      missing.put("from", from.toString());
      missing.put("to", to.toString());
      fields.put("missing", missing);
    }
    fields.put("openedAt", openedAt.toString());
    return Json.write(fields, ArchiveLimits.TIMELINE);
  }

  /// Reads what was written.
  ///
  /// @param object the key, for what there is to complain about
  public static Timeline read(String object, byte[] json) throws ArchiveFormatException {
    Fields in = Json.read(object, json, ArchiveLimits.TIMELINE);
    String instance = in.value("instance", 63, Names::instance);
    TimelineId id = in.value("id", 4, TimelineId::parse);
    Optional<Fields> parent = in.optional("parent");
    Optional<Fork> fork = parent.isPresent() ? Optional.of(fork(parent.get())) : Optional.empty();
    long serverId = in.number("serverId", 0, 0xFFFF_FFFFL);
    LogName firstLog = in.value("firstLog", 255, LogName::new);
    String firstHead = in.sha256("firstHead");
    GtidState start = in.value("start", ArchiveLimits.GTIDS, GtidState::parse);
    Reason reason = in.value("reason", 40, Reason::parse);
    Continuity continuity = continuity(in);
    Instant openedAt = in.instant("openedAt");
    return in.made(
        () ->
            new Timeline(
                instance,
                id,
                fork,
                serverId,
                firstLog,
                firstHead,
                start,
                reason,
                continuity,
                openedAt));
  }

  private static Map<String, Object> fields(Fork fork) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("timeline", fork.timeline().toString());
    fields.put("state", fork.state().toString());
    fields.put("log", fork.log().text());
    return fields;
  }

  private static Fork fork(Fields in) throws ArchiveFormatException {
    return new Fork(
        in.value("timeline", 4, TimelineId::parse),
        in.value("state", ArchiveLimits.GTIDS, GtidState::parse),
        in.value("log", 255, LogName::new));
  }

  private static Continuity continuity(Fields in) throws ArchiveFormatException {
    return switch (in.text("continuity", 20)) {
      case "proven" -> new Continuity.Proven();
      case "unproven" -> {
        Fields missing = in.in("missing");
        yield new Continuity.Unproven(
            missing.value("from", ArchiveLimits.GTIDS, GtidState::parse),
            missing.value("to", ArchiveLimits.GTIDS, GtidState::parse));
      }
      default -> throw in.wrong("continuity", "proven or unproven");
    };
  }
}
