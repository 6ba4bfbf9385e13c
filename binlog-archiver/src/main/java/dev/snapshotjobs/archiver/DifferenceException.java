package dev.snapshotjobs.archiver;

/// The server's log is not what is archived of it: the run goes on in a new timeline.
final class DifferenceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Place.Why.ArchivedDiffers why;

  DifferenceException(Place.Why.ArchivedDiffers why) {
    super(why.toString());
    this.why = why;
  }

  Place.Why.ArchivedDiffers why() {
    return why;
  }
}
