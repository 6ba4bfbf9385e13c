package dev.snapshotjobs.common.kube;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The one pod whose database a job works on, as it was at one read.
///
/// @param addresses all its addresses, the one to connect to first; empty if it has none yet
/// @param owner the StatefulSet that owns it, if one does
/// @param imageId the image by digest, as the node reports it; empty if not known yet
/// @param placement how it runs, in JSON: users and groups, where its claims are mounted, and what
///   decides on its node
public record DatabasePod(
    String namespace,
    String name,
    String uid,
    List<String> addresses,
    boolean ready,
    @Nullable Owner owner,
    String image,
    String imageId,
    List<Mount> mounts,
    String placement) {

  /// A StatefulSet.
  public record Owner(String name, String uid) {}

  /// One mounted volume; only some volumes are claims.
  public record Mount(String path, @Nullable String claimName, @Nullable String subPath) {
    boolean contains(String file) {
      return file.equals(path) || file.startsWith(path.endsWith("/") ? path : path + "/");
    }
  }

  public DatabasePod {
    addresses = List.copyOf(addresses);
    mounts = List.copyOf(mounts);
  }

  /// Where its database is reached.
  public Optional<String> address() {
    return addresses.stream().findFirst();
  }

  /// The mount that a file of the database lies on: the longest path that contains it.
  public Optional<Mount> mountOf(String file) {
    return mounts.stream()
        .filter(mount -> mount.contains(file))
        .max(Comparator.comparingInt(mount -> mount.path().length()));
  }
}
