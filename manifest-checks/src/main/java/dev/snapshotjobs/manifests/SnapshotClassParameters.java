package dev.snapshotjobs.manifests;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What the drivers take as parameters of a VolumeSnapshotClass. What they do not know they refuse
/// at each attempt, for ever, and the VolumeSnapshot only ever says so in an event.
final class SnapshotClassParameters {
  /// From the source of aws-ebs-csi-driver, gcp-compute-persistent-disk-csi-driver and
  /// azuredisk-csi-driver, November 2026.
  private static final Map<String, Map<String, Pattern>> KNOWN =
      Map.of(
          "ebs.csi.aws.com",
          patterns(
              Map.of(
                  "fastSnapshotRestoreAvailabilityZones", "[a-z0-9-]+(, *[a-z0-9-]+)*",
                  "outpostArn", "arn:.+",
                  "lockMode", "governance|compliance",
                  "lockDuration", "\\d+",
                  "lockExpirationDate", "\\d{4}-\\d\\d-\\d\\dT.+",
                  "lockCoolOffPeriod", "\\d+",
                  "tagSpecification_\\d+", "[^=]+=.*")),
          "pd.csi.storage.gke.io",
          patterns(
              Map.of(
                  "storage-locations", "[a-z]+(-[a-z]+\\d)?",
                  "snapshot-type", "snapshots|images",
                  "image-family", ".+",
                  "labels", "[a-z0-9_-]+=[a-z0-9_-]*(,[a-z0-9_-]+=[a-z0-9_-]*)*",
                  "resource-tags", "[^/]+/[^/]+/[^/,]+(,[^/]+/[^/]+/[^/,]+)*")),
          "disk.csi.azure.com",
          patterns(
              Map.of(
                  "incremental", "true|false",
                  "resourceGroup", ".+",
                  "subscriptionID", "[0-9a-f-]{36}",
                  "tags", "[^=,]+=[^,]*(,[^=,]+=[^,]*)*",
                  "tagValueDelimiter", ".",
                  "userAgent", ".+",
                  "dataAccessAuthMode", "AzureActiveDirectory|None",
                  "networkAccessPolicy", ".+",
                  "publicNetworkAccess", ".+",
                  "instantAccessDurationMinutes", "[6-9]\\d|[12]\\d\\d|300")));

  private SnapshotClassParameters() {}

  static Set<String> findings(String driver, Map<String, String> parameters) {
    Map<String, Pattern> known = KNOWN.get(driver);
    if (known == null) {
      return Set.of("the driver " + driver + " is not known here");
    }
    return parameters.entrySet().stream()
        .filter(
            given ->
                known.entrySet().stream()
                    .noneMatch(
                        one ->
                            given.getKey().matches(one.getKey())
                                && one.getValue().matcher(given.getValue()).matches()))
        .map(given -> driver + " does not take " + given)
        .collect(Collectors.toSet());
  }

  private static Map<String, Pattern> patterns(Map<String, String> expressions) {
    return expressions.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Map.Entry::getKey, entry -> Pattern.compile(entry.getValue())));
  }
}
