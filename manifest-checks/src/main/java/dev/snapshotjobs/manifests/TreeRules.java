package dev.snapshotjobs.manifests;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccount;
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

  private TreeRules() {}

  static List<String> findings(ParsedObjects objects) {
    List<String> findings = new ArrayList<>();
    ofRights(objects, findings);
    ofAccounts(objects, findings);
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
    }
  }

  private static void ofSubjects(
      List<Subject> subjects, Set<String> accounts, List<String> findings) {
    subjects.stream()
        .filter(subject -> !accounts.contains(subject.getName()))
        .forEach(subject -> findings.add("there is no ServiceAccount " + subject.getName()));
  }
}
