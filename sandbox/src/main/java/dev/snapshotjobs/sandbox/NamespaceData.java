package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What ConfigMaps and Secrets hold, as text; an optional one that is absent holds nothing.
record NamespaceData(KubernetesClient client, String namespace) {

  Map<String, String> configMap(String name, @Nullable Boolean optional) {
    ConfigMap found = client.configMaps().inNamespace(namespace).withName(name).get();
    return found == null
        ? absent("configmap", name, optional)
        : Objects.requireNonNullElse(found.getData(), Map.of());
  }

  Map<String, String> secret(String name, @Nullable Boolean optional) {
    Secret found = client.secrets().inNamespace(namespace).withName(name).get();
    if (found == null) {
      return absent("secret", name, optional);
    }
    Map<String, String> data = new HashMap<>();
    Objects.requireNonNullElse(found.getData(), Map.<String, String>of())
        .forEach((key, value) -> data.put(key, decode(value)));
    // A real API server moves these to the others.
    data.putAll(Objects.requireNonNullElse(found.getStringData(), Map.<String, String>of()));
    return data;
  }

  private static String decode(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static Map<String, String> absent(String kind, String name, @Nullable Boolean optional) {
    if (Boolean.TRUE.equals(optional)) {
      return Map.of();
    }
    throw new ContainerRefusal("CreateContainerConfigError", kind + " \"" + name + "\" not found");
  }
}
