package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a container finds in its environment.
///
/// @param address the Pod's, which its status may not show yet
record ContainerEnvironment(KubernetesClient client, Pod pod, String address) {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\(([A-Za-z_][\\w.-]*)\\)");

  Map<String, String> of(Container container) {
    Map<String, String> environment = new HashMap<>();
    container.getEnvFrom().forEach(source -> environment.putAll(all(source)));
    for (EnvVar variable : container.getEnv()) {
      EnvVarSource source = variable.getValueFrom();
      if (source == null) {
        String value = Objects.requireNonNullElse(variable.getValue(), "");
        environment.put(variable.getName(), expand(value, environment));
      } else {
        value(source).ifPresent(value -> environment.put(variable.getName(), value));
      }
    }
    return environment;
  }

  static List<String> expand(List<String> values, Map<String, String> environment) {
    return values.stream().map(value -> expand(value, environment)).toList();
  }

  /// `$(NAME)` as in Kubernetes: what is not there stays as it is written.
  static String expand(String value, Map<String, String> environment) {
    return REFERENCE
        .matcher(value)
        .replaceAll(
            found -> {
              String name = found.group(1);
              return Matcher.quoteReplacement(
                  name == null ? "$" : environment.getOrDefault(name, found.group()));
            });
  }

  private NamespaceData data() {
    return new NamespaceData(client, pod.getMetadata().getNamespace());
  }

  private Map<String, String> all(EnvFromSource source) {
    Map<String, String> found = Map.of();
    if (source.getConfigMapRef() != null) {
      var reference = source.getConfigMapRef();
      found = data().configMap(reference.getName(), reference.getOptional());
    } else if (source.getSecretRef() != null) {
      var reference = source.getSecretRef();
      found = data().secret(reference.getName(), reference.getOptional());
    }
    String prefix = Objects.requireNonNullElse(source.getPrefix(), "");
    Map<String, String> prefixed = new HashMap<>();
    found.forEach((name, value) -> prefixed.put(prefix + name, value));
    return prefixed;
  }

  private Optional<String> value(EnvVarSource source) {
    if (source.getFieldRef() != null) {
      return Optional.of(field(source.getFieldRef().getFieldPath()));
    }
    if (source.getConfigMapKeyRef() != null) {
      var reference = source.getConfigMapKeyRef();
      return key(
          data().configMap(reference.getName(), reference.getOptional()),
          reference.getName(),
          reference.getKey(),
          reference.getOptional());
    }
    if (source.getSecretKeyRef() != null) {
      var reference = source.getSecretKeyRef();
      return key(
          data().secret(reference.getName(), reference.getOptional()),
          reference.getName(),
          reference.getKey(),
          reference.getOptional());
    }
    throw refusal("the sandbox cannot read " + source);
  }

  private static Optional<String> key(
      Map<String, String> data, String object, String key, @Nullable Boolean optional) {
    String value = data.get(key);
    if (value == null && !Boolean.TRUE.equals(optional)) {
      throw refusal("couldn't find key " + key + " in " + object);
    }
    return Optional.ofNullable(value);
  }

  private String field(String path) {
    return switch (path) {
      case "metadata.name" -> pod.getMetadata().getName();
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      case "metadata.uid" -> pod.getMetadata().getUid();
      case "spec.nodeName" -> pod.getSpec().getNodeName();
      case "status.podIP" -> address;
      default -> throw refusal("the sandbox has no field " + path);
    };
  }

  private static ContainerRefusal refusal(String message) {
    return new ContainerRefusal("CreateContainerConfigError", message);
  }
}
