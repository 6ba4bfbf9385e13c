package dev.snapshotjobs.restore;

import java.util.Optional;
import java.util.regex.Pattern;

/// Which image the server of a restore is of. Pure.
///
/// @param warning why it may not be the one that wrote the data; empty if it is
record ServerImage(String name, Optional<String> warning) {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  /// As runtimes report it: `docker-pullable://mariadb@sha256:…`.
  private static final Pattern SCHEME = Pattern.compile("^[a-z-]+://");

  /// Images that were loaded into a node have a name that no registry knows.
  private static final Pattern LOADED = Pattern.compile("(^|.*/)import-\\d{4}-\\d{2}-\\d{2}@.*");

  /// The image that was asked for, else the one that the snapshot recorded, by its digest, and
  /// where that cannot be pulled the one that the source has now.
  ///
  /// @param recorded as the snapshot has it; empty if it has none
  /// @param live what the source's pods are started from; empty if nobody knows
  /// @return empty if there is none
  static Optional<ServerImage> choose(
      Optional<String> asked, String recorded, Optional<String> live) {
    if (asked.isPresent()) {
      return Optional.of(new ServerImage(asked.get(), Optional.empty()));
    }
    String image = SCHEME.matcher(recorded).replaceFirst("");
    if (isPullable(image)) {
      return Optional.of(new ServerImage(image, Optional.empty()));
    }
    if (!image.isEmpty() && !isLocal(image)) {
      return Optional.of(
          new ServerImage(
              image,
              Optional.of(
                  "the snapshot names the image %s without a digest: what has that tag now may be newer"
                      .formatted(image))));
    }
    return live.map(
        tag ->
            new ServerImage(
                tag,
                Optional.of(
                    "the image that the snapshot names (%s) cannot be pulled; %s is taken, which the source is started from now"
                        .formatted(recorded.isEmpty() ? "none" : recorded, tag))));
  }

  /// Whether the source has to be asked.
  static boolean needsLive(Optional<String> asked, String recorded) {
    return asked.isEmpty() && choose(asked, recorded, Optional.empty()).isEmpty();
  }

  private static boolean isPullable(String image) {
    int at = image.indexOf('@');
    return at > 0 && DIGEST.matcher(image.substring(at + 1)).matches() && !isLocal(image);
  }

  /// A node knows it, and no registry.
  private static boolean isLocal(String image) {
    return DIGEST.matcher(image).matches() || LOADED.matcher(image).matches();
  }
}
