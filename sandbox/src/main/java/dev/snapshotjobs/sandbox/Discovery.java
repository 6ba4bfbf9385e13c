package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The version of the API server and the groups that it serves.
final class Discovery implements ApiServer.Step {

  private static final Map<String, Object> VERSION =
      Map.of("major", "1", "minor", "34", "gitVersion", "v1.34.0+sandbox");

  private static final Map<String, Object> GROUPS =
      Map.of(
          "kind",
          "APIGroupList",
          "apiVersion",
          "v1",
          "groups",
          List.of(
              group("apps"),
              group("batch"),
              group("coordination.k8s.io"),
              group(SnapshotApi.GROUP),
              group("storage.k8s.io")));

  private static Map<String, Object> group(String name) {
    Map<String, String> version = Map.of("groupVersion", name + "/v1", "version", "v1");
    return Map.of("name", name, "versions", List.of(version), "preferredVersion", version);
  }

  @Override
  public Optional<MockResponse> answer(RecordedRequest request) {
    return switch (request.getMethod() + " " + request.getPath()) {
      case "GET /version" -> json(VERSION);
      case "GET /apis" -> json(GROUPS);
      default -> Optional.empty();
    };
  }

  private static Optional<MockResponse> json(Object value) {
    return Optional.of(
        new MockResponse().setResponseCode(200).setBody(Serialization.asJson(value)));
  }
}
