package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// JSON merge patches as [RFC 7386](https://www.rfc-editor.org/rfc/rfc7386) has them: the store
/// keeps a null where a null should remove, and counts a patch that changes nothing as a change.
record MergePatch(KubernetesCrudDispatcher store) implements ApiServer.Step {

  private static final JsonMapper JSON = JsonMapper.shared();

  @Override
  public Optional<MockResponse> answer(RecordedRequest request) {
    String type = request.getHeader("Content-Type");
    if (!request.getMethod().equals("PATCH") || type == null || !type.contains("merge-patch")) {
      return Optional.empty();
    }
    String path = request.getPath().replaceFirst("\\?.*", "");
    MockResponse found = store.handleGet(path.replaceFirst("/status$", ""));
    if (found.code() != 200) {
      return Optional.empty();
    }
    String text = new String(found.getBody().getBytes(), StandardCharsets.UTF_8);
    JsonNode now = JSON.readTree(text);
    JsonNode change = JSON.readTree(request.getUtf8Body());
    JsonNode then = merge(now.deepCopy(), change);
    if (then.equals(now)) {
      return Optional.of(found);
    }
    MockResponse response =
        store.handleUpdate(
            new RecordedRequest(
                request.getHttpVersion(),
                HttpMethod.PUT,
                path,
                request.getHeaders(),
                new Buffer(then.toString().getBytes(StandardCharsets.UTF_8))));
    return Optional.of(response.code() < 300 ? response.setResponseCode(200) : response);
  }

  private static JsonNode merge(JsonNode target, JsonNode change) {
    if (!(change instanceof ObjectNode fields)) {
      return change;
    }
    ObjectNode result = target instanceof ObjectNode object ? object : JSON.createObjectNode();
    fields.forEachEntry(
        (name, value) -> {
          if (value.isNull()) {
            result.remove(name);
          } else {
            JsonNode before = result.path(name);
            result.set(name, merge(before, value));
          }
        });
    return result;
  }
}
