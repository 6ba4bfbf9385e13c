package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Preconditions;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.Optional;

/// Refuses a delete whose preconditions (uid, resource version) do not hold: the store knows none.
record DeletePreconditions(KubernetesCrudDispatcher store) implements ApiServer.Step {

  @Override
  public Optional<MockResponse> answer(RecordedRequest request) {
    String body = request.getMethod().equals("DELETE") ? request.getUtf8Body() : null;
    if (body == null || body.isBlank()) {
      return Optional.empty();
    }
    Preconditions wanted = Serialization.unmarshal(body, DeleteOptions.class).getPreconditions();
    MockResponse found = store.handleGet(request.getPath());
    if (wanted == null || found.code() != 200) {
      return Optional.empty();
    }
    ObjectMeta actual =
        Serialization.unmarshal(
                new String(found.getBody().getBytes(), java.nio.charset.StandardCharsets.UTF_8),
                GenericKubernetesResource.class)
            .getMetadata();
    return refusal("UID", wanted.getUid(), actual.getUid())
        .or(
            () ->
                refusal(
                    "ResourceVersion", wanted.getResourceVersion(), actual.getResourceVersion()));
  }

  private static Optional<MockResponse> refusal(String what, String wanted, String actual) {
    if (wanted == null || wanted.equals(actual)) {
      return Optional.empty();
    }
    String message =
        "Precondition failed: %s in precondition: %s, %s in object meta: %s"
            .formatted(what, wanted, what, actual);
    return Optional.of(
        new MockResponse().setResponseCode(409).setBody(StatusBody.of(409, message)));
  }
}
