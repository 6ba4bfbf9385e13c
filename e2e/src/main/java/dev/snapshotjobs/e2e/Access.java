package dev.snapshotjobs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One verb on one resource of the API.
record Access(String group, String resource, String verb) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// What the Role of the shop grants that has an account's name.
  static Set<Access> grantedTo(KindCluster cluster, String account) {
    return grantedBy(
        cluster
            .client()
            .rbac()
            .roles()
            .inNamespace(Shop.NAMESPACE)
            .withName(account)
            .get()
            .getRules());
  }

  /// What a ClusterRole grants.
  static Set<Access> grantedEverywhere(KindCluster cluster, String role) {
    return grantedBy(cluster.client().rbac().clusterRoles().withName(role).get().getRules());
  }

  private static Set<Access> grantedBy(List<PolicyRule> rules) {
    return rules.stream().flatMap(Access::of).collect(Collectors.toSet());
  }

  private static Stream<Access> of(PolicyRule rule) {
    return rule.getApiGroups().stream()
        .flatMap(
            group ->
                rule.getResources().stream()
                    .flatMap(
                        resource ->
                            rule.getVerbs().stream()
                                .map(verb -> new Access(group, resource, verb))));
  }

  /// What an account of the shop has asked of the API so far.
  static List<JsonNode> requestsOf(KindCluster cluster, String account) {
    String user = "system:serviceaccount:" + Shop.NAMESPACE + ":" + account;
    return cluster.auditLog().stream()
        .map(JSON::readTree)
        .filter(event -> event.at("/user/username").asString().equals(user))
        .toList();
  }

  /// What a request of the audit log did, if it was one for a resource and not for the list of what
  /// the API has.
  static Optional<Access> in(JsonNode event) {
    JsonNode object = event.get("objectRef");
    if (object == null) {
      return Optional.empty();
    }
    String subresource = object.path("subresource").asString("");
    return Optional.of(
        new Access(
            object.path("apiGroup").asString(""),
            object.path("resource").asString("") + (subresource.isEmpty() ? "" : "/" + subresource),
            event.get("verb").asString()));
  }

  /// What the API itself says that an account of the shop may do there.
  static Set<Access> reviewed(KindCluster cluster, String account) {
    return reviewed(cluster, account, Shop.NAMESPACE);
  }

  /// The same of any namespace, beyond what any account may.
  static Set<Access> given(KindCluster cluster, String account, String namespace) {
    Set<Access> more = new HashSet<>(reviewed(cluster, account, namespace));
    more.removeAll(reviewed(cluster, "an-account-without-any-role", namespace));
    return more;
  }

  /// The same of another namespace.
  private static Set<Access> reviewed(KindCluster cluster, String account, String namespace) {
    String review =
        """
        apiVersion: authorization.k8s.io/v1
        kind: SelfSubjectRulesReview
        spec:
          namespace: %s
        """
            .formatted(namespace);
    JsonNode answer =
        JSON.readTree(
            cluster.kubectlWith(
                review,
                "create",
                "--validate=false",
                "-f",
                "-",
                "-o",
                "json",
                "--as=system:serviceaccount:" + Shop.NAMESPACE + ":" + account));
    assertThat(answer.at("/status/incomplete").asBoolean(true)).as(answer.toString()).isFalse();
    return answer.at("/status/resourceRules").values().stream()
        .flatMap(
            rule ->
                texts(rule.get("apiGroups"))
                    .flatMap(
                        group ->
                            texts(rule.get("resources"))
                                .flatMap(
                                    resource ->
                                        texts(rule.get("verbs"))
                                            .map(verb -> new Access(group, resource, verb)))))
        .collect(Collectors.toSet());
  }

  private static Stream<String> texts(JsonNode array) {
    return Objects.requireNonNull(array).values().stream().map(JsonNode::asString);
  }
}
