package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The version of the API server and the groups that it serves.
final class Discovery implements ApiServer.Step {

  private static final Map<String, Object> VERSION =
      Map.of("major", "1", "minor", "34", "gitVersion", "v1.34.0+sandbox");

  private static final List<String> ALWAYS =
      List.of("apps", "batch", "coordination.k8s.io", "storage.k8s.io");

  private static final String SNAPSHOTS = "/apis/" + SnapshotApi.GROUP;

  private volatile SnapshotCrds snapshotCrds = SnapshotCrds.V1;

  void setSnapshotCrds(SnapshotCrds served) {
    snapshotCrds = served;
  }

  @Override
  public Optional<MockResponse> answer(RecordedRequest request) {
    String path = request.getPath().replaceFirst("\\?.*", "");
    return switch (request.getMethod() + " " + path) {
      case "GET /version" -> json(VERSION);
      case "GET /apis" -> json(groups());
      default ->
          ApiServer.CONTROLLERS.equals(request.getHeader("User-Agent"))
              ? Optional.empty()
              : ofSnapshots(path);
    };
  }

  private Map<String, Object> groups() {
    List<Object> groups =
        Stream.concat(
                ALWAYS.stream().map(name -> group(name, "v1")),
                snapshotCrds.version().stream().map(version -> group(SnapshotApi.GROUP, version)))
            .<Object>map(group -> group)
            .toList();
    return Map.of("kind", "APIGroupList", "apiVersion", "v1", "groups", groups);
  }

  private static Map<String, Object> group(String name, String version) {
    Map<String, String> served = Map.of("groupVersion", name + "/" + version, "version", version);
    return Map.of(
        "kind",
        "APIGroup",
        "apiVersion",
        "v1",
        "name",
        name,
        "versions",
        List.of(served),
        "preferredVersion",
        served);
  }

  /// What the object store, which always has `v1`, shall not answer.
  private Optional<MockResponse> ofSnapshots(String path) {
    return switch (snapshotCrds) {
      case V1 -> Optional.empty();
      case NONE -> isAtOrBelow(path, SNAPSHOTS) ? notFound() : Optional.empty();
      case ONLY_V1BETA1 -> {
        if (path.equals(SNAPSHOTS)) {
          yield json(group(SnapshotApi.GROUP, "v1beta1"));
        }
        if (path.equals(SNAPSHOTS + "/v1beta1")) {
          yield json(resources("v1beta1"));
        }
        yield isAtOrBelow(path, SNAPSHOTS) ? notFound() : Optional.empty();
      }
    };
  }

  private static boolean isAtOrBelow(String path, String root) {
    return path.equals(root) || path.startsWith(root + "/");
  }

  private static Map<String, Object> resources(String version) {
    List<Object> resources =
        SnapshotApi.KINDS.stream()
            .<Object>map(
                kind ->
                    Map.of(
                        "name", kind.getPlural(),
                        "singularName", "",
                        "kind", kind.getKind(),
                        "namespaced", kind.isNamespaceScoped(),
                        "verbs", List.of("create", "delete", "get", "list", "patch", "watch")))
            .toList();
    return Map.of(
        "kind",
        "APIResourceList",
        "apiVersion",
        "v1",
        "groupVersion",
        SnapshotApi.GROUP + "/" + version,
        "resources",
        resources);
  }

  /// A path that no API is served on gets no `Status` but this text.
  private static Optional<MockResponse> notFound() {
    return Optional.of(
        new MockResponse()
            .setResponseCode(404)
            .setHeader("Content-Type", "text/plain; charset=utf-8")
            .setBody("404 page not found\n"));
  }

  private static Optional<MockResponse> json(Object value) {
    return Optional.of(
        new MockResponse().setResponseCode(200).setBody(Serialization.asJson(value)));
  }
}
