package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// Starts a process for a container: a mariadbd where its command says so, otherwise the program
/// that was provided for its image.
final class ContainerLauncher {

  /// Where a container runs.
  ///
  /// @param volumes a folder for each volume of the Pod
  /// @param runDir an empty folder of the process alone
  record Place(Pod pod, String address, Map<String, Path> volumes, Path runDir) {}

  private final KubernetesClient client;
  private final MariaDbServer.Site site;
  private final Path kubeconfig;
  private final Map<String, JobProcess.Spec> images = new ConcurrentHashMap<>();

  ContainerLauncher(KubernetesClient client, MariaDbServer.Site site, Path kubeconfig) {
    this.client = client;
    this.site = site;
    this.kubeconfig = kubeconfig;
  }

  void provide(String image, JobProcess.Spec program) {
    images.put(image, program);
  }

  JobProcess start(Container container, Place place) {
    ContainerPaths paths = ContainerPaths.of(container, place.volumes(), place.address());
    Map<String, String> environment =
        new ContainerEnvironment(client, place.pod(), place.address()).of(container);
    List<String> command = new ArrayList<>();
    for (String word : container.getCommand()) {
      command.add(paths.translate(ContainerEnvironment.expand(word, environment)));
    }
    List<String> args =
        paths.translate(ContainerEnvironment.expand(container.getArgs(), environment));
    Map<String, String> translated = new HashMap<>();
    environment.forEach((name, value) -> translated.put(name, paths.translate(value)));
    try {
      for (Path folder : paths.folders().values()) {
        if (!Files.exists(folder)) { // a subPath, which can be a file too
          Files.createDirectories(folder);
        }
      }
      if (isMariaDb(command)) {
        List<String> options = new ArrayList<>(command.subList(1, command.size()));
        options.addAll(args);
        return startMariaDb(options, translated, place);
      }
      return startProgram(program(container, command, args, translated), place);
    } catch (IOException e) {
      throw new SandboxException("Cannot start container " + container.getName(), e);
    }
  }

  private static boolean isMariaDb(List<String> command) {
    return !command.isEmpty()
        && Objects.requireNonNull(Path.of(command.getFirst()).getFileName())
            .toString()
            .equals("mariadbd");
  }

  private JobProcess startMariaDb(
      List<String> options, Map<String, String> environment, Place place) throws IOException {
    List<String> line =
        ServerCommand.ofContainer(
            options,
            place.pod().getMetadata().getName(),
            place.address(),
            new MariaDbServer.Site(site.host(), site.binaries(), place.runDir(), site.watchdog()));
    return JobProcess.start(line, environment, place.runDir(), site.watchdog());
  }

  private JobProcess.Spec program(
      Container container, List<String> command, List<String> args, Map<String, String> own) {
    JobProcess.Spec program = images.get(container.getImage());
    if (program == null || !command.isEmpty()) {
      throw new ContainerRefusal(
          "ErrImagePull",
          "the sandbox was not told what to run for image %s with command %s"
              .formatted(container.getImage(), command));
    }
    List<String> allArgs = new ArrayList<>(program.args());
    allArgs.addAll(args);
    Map<String, String> environment = new HashMap<>(program.env());
    environment.putAll(own);
    return program.withArgs(allArgs).withEnv(environment);
  }

  private JobProcess startProgram(JobProcess.Spec program, Place place) throws IOException {
    boolean seesTheCluster =
        !Boolean.FALSE.equals(place.pod().getSpec().getAutomountServiceAccountToken());
    return seesTheCluster
        ? JobProcess.start(program, kubeconfig, place.runDir(), site.watchdog())
        : JobProcess.start(program, place.runDir(), site.watchdog());
  }
}
