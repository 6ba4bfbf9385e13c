package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A container's view of its files and its network, translated to this machine, which has neither
/// mounts nor network namespaces for it.
///
/// @param folders a folder of this machine for each mount path
/// @param address the Pod's, for which `127.0.0.1` stands inside of it
record ContainerPaths(Map<String, Path> folders, String address) {

  /// Not in a URL of the web: those are services of the sandbox, such as its object store.
  private static final Pattern LOOPBACK =
      Pattern.compile("(?<!https?://)(?<![\\d.])127\\.0\\.0\\.1(?!\\d)");

  ContainerPaths {
    folders = Map.copyOf(folders);
  }

  /// @param volumes a folder for each volume of the Pod
  static ContainerPaths of(Container container, Map<String, Path> volumes, String address) {
    Map<String, Path> folders = new HashMap<>();
    for (VolumeMount mount : container.getVolumeMounts()) {
      Path volume = volumes.get(mount.getName());
      if (volume == null) {
        throw new ContainerRefusal(
            "CreateContainerConfigError", "no volume " + mount.getName() + " in the sandbox");
      }
      String subPath = mount.getSubPath() == null ? "" : mount.getSubPath();
      folders.put(mount.getMountPath().replaceFirst("/+$", ""), volume.resolve(subPath));
    }
    return new ContainerPaths(folders, address);
  }

  List<String> translate(List<String> values) {
    return values.stream().map(this::translate).toList();
  }

  /// A mount path counts at the beginning of a value and after `=`.
  String translate(String value) {
    return LOOPBACK.matcher(translatePaths(value)).replaceAll(Matcher.quoteReplacement(address));
  }

  private String translatePaths(String value) {
    if (folders.isEmpty()) {
      return value;
    }
    String mountPaths =
        folders.keySet().stream()
            .sorted(Comparator.comparingInt(String::length).reversed()) // one may lie in another
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return Pattern.compile("(^|=)(" + mountPaths + ")(?=/|$)")
        .matcher(value)
        .replaceAll(
            found -> Matcher.quoteReplacement(found.group(1) + folders.get(found.group(2))));
  }
}
