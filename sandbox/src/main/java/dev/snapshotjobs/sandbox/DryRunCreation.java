package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Answers a creation with `dryRun=All` as a real API does, with the object and without storing it;
/// the store knows no dry runs and would create.
record DryRunCreation(KubernetesCrudDispatcher store) implements ApiServer.Step {
  @Override
  public Optional<MockResponse> answer(RecordedRequest request) {
    if (!request.getMethod().equals("POST") || !request.getPath().contains("dryRun=All")) {
      return Optional.empty();
    }
    String body = request.getUtf8Body();
    String name = JsonMapper.shared().readTree(body).path("metadata").path("name").asString();
    String collection = request.getPath().replaceFirst("\\?.*", "");
    return Optional.of(
        store.handleGet(collection + "/" + name).code() == 200
            ? new MockResponse()
                .setResponseCode(409)
                .setBody(StatusBody.of(409, "\"" + name + "\" already exists"))
            : new MockResponse().setResponseCode(201).setBody(body));
  }
}
