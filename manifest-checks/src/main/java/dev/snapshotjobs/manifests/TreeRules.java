package dev.snapshotjobs.manifests;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What has to be true of the objects of one tree together.
final class TreeRules {
  private static final List<String> LABELS =
      List.of(
          "app.kubernetes.io/name",
          "app.kubernetes.io/component",
          "app.kubernetes.io/part-of",
          "app.kubernetes.io/managed-by");

  /// Beside 443, on clusters of kubeadm.
  private static final int API_SERVER = 6443;

  private static final int DATABASE = 3306;

  private TreeRules() {}

  static List<String> findings(ParsedObjects objects) {
    List<String> findings = new ArrayList<>();
    ofRights(objects, findings);
    ofAccounts(objects, findings);
    ofNetwork(objects, findings);
    return findings;
  }

  /// Of what is applied as a whole; a base gets some of them from the one above it.
  static List<String> labelFindings(ParsedObjects objects) {
    return objects.all().stream()
        .flatMap(
            parsed ->
                LABELS.stream()
                    .filter(label -> !labels(parsed.metadata()).containsKey(label))
                    .map(label -> parsed.id() + " has no label " + label))
        .toList();
  }

  private static Map<String, String> labels(ObjectMeta metadata) {
    return Objects.requireNonNullElse(metadata.getLabels(), Map.of());
  }

  private static void ofRights(ParsedObjects objects, List<String> findings) {
    Stream<PolicyRule> rules =
        Stream.concat(
            objects.of(Role.class).flatMap(role -> role.getRules().stream()),
            objects.of(ClusterRole.class).flatMap(role -> role.getRules().stream()));
    rules
        .filter(
            rule ->
                Stream.of(rule.getVerbs(), rule.getResources(), rule.getApiGroups())
                    .anyMatch(names -> names.contains("*")))
        .forEach(rule -> findings.add("a rule grants everything: " + rule));
  }

  private static void ofAccounts(ParsedObjects objects, List<String> findings) {
    Set<String> accounts =
        objects
            .of(ServiceAccount.class)
            .map(account -> account.getMetadata().getName())
            .collect(Collectors.toSet());
    Set<String> roles =
        objects
            .of(Role.class)
            .map(role -> role.getMetadata().getName())
            .collect(Collectors.toSet());
    for (RoleBinding binding : objects.of(RoleBinding.class).toList()) {
      if (!roles.contains(binding.getRoleRef().getName())) {
        findings.add("there is no Role " + binding.getRoleRef().getName());
      }
      ofSubjects(binding.getSubjects(), accounts, findings);
    }
    for (ClusterRoleBinding binding : objects.of(ClusterRoleBinding.class).toList()) {
      ofSubjects(binding.getSubjects(), accounts, findings);
      for (Subject subject : binding.getSubjects()) {
        // Its name is the cluster's only one, and two namespaces must not overwrite each other's.
        if (!binding.getMetadata().getName().contains("." + subject.getNamespace())) {
          findings.add(binding.getMetadata().getName() + " does not name " + subject);
        }
      }
    }
    for (Workload workload : Workload.in(objects)) {
      if (!accounts.contains(workload.pod().getServiceAccountName())) {
        findings.add("there is no ServiceAccount " + workload.pod().getServiceAccountName());
      }
      if (!ShippedJob.in(workload).asksTheApi()
          && bound(objects).anyMatch(workload.pod().getServiceAccountName()::equals)) {
        findings.add(workload.pod().getServiceAccountName() + " has rights that no code needs");
      }
    }
  }

  /// Where there are policies, each pod has one: one without would be open to all.
  private static void ofNetwork(ParsedObjects objects, List<String> findings) {
    List<NetworkPolicySpec> policies =
        objects.of(NetworkPolicy.class).map(NetworkPolicy::getSpec).toList();
    for (Workload workload : Workload.in(objects)) {
      List<NetworkPolicySpec> own =
          policies.stream()
              .filter(
                  policy ->
                      labels(workload.job().getTemplate().getMetadata())
                          .entrySet()
                          .containsAll(policy.getPodSelector().getMatchLabels().entrySet()))
              .toList();
      if (!policies.isEmpty() && own.size() != 1) {
        findings.add(workload.name() + " has " + own.size() + " network policies");
      }
      own.forEach(policy -> ofPolicy(workload, policy, findings));
    }
  }

  private static void ofPolicy(Workload workload, NetworkPolicySpec policy, List<String> findings) {
    if (!policy.getPolicyTypes().equals(List.of("Ingress", "Egress"))
        || !policy.getIngress().isEmpty()) {
      findings.add(workload.name() + " can be talked to, or may talk to all");
    }
    Set<Integer> ports =
        policy.getEgress().stream()
            .flatMap(rule -> rule.getPorts().stream())
            .map(port -> port.getPort().getIntVal())
            .collect(Collectors.toSet());
    // The API server or the bucket has no pod to select, so its ports are open to all.
    Set<Integer> needed = new TreeSet<>(List.of(53, 443));
    if (ShippedJob.in(workload).asksTheDatabase()) {
      needed.add(DATABASE);
    }
    if (!ports.containsAll(needed)) {
      findings.add(workload.name() + " reaches the ports " + ports + ", and needs " + needed);
    }
    if (ports.contains(API_SERVER) != ShippedJob.in(workload).asksTheApi()) {
      findings.add(workload.name() + " reaches the API server, or should");
    }
    if (policy.getEgress().stream().anyMatch(rule -> rule.getPorts().isEmpty())) {
      findings.add(workload.name() + " reaches any port");
    }
  }

  private static Stream<String> bound(ParsedObjects objects) {
    return Stream.concat(
            objects.of(RoleBinding.class).flatMap(binding -> binding.getSubjects().stream()),
            objects.of(ClusterRoleBinding.class).flatMap(binding -> binding.getSubjects().stream()))
        .map(Subject::getName);
  }

  private static void ofSubjects(
      List<Subject> subjects, Set<String> accounts, List<String> findings) {
    subjects.stream()
        .filter(subject -> !accounts.contains(subject.getName()))
        .forEach(subject -> findings.add("there is no ServiceAccount " + subject.getName()));
  }
}
