package dev.snapshotjobs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The bucket of the install page and the logs of the shop's server, compared by stock tools alone:
/// nothing of ours reads here what something of ours wrote.
///
/// @param cluster with the server that keeps a bucket as a directory
record Archive(KindCluster cluster) {
  private static final String BINLOGS = "/buckets/archive/shop/binlogs/";
  private static final String STORE = "kubectl exec -n shop deploy/versitygw -- ";
  private static final String DATABASE = "kubectl exec -i -n shop mariadb-0 -- ";

  /// What lies in the bucket, with its size and the time of its last change.
  Map<String, String> objects() {
    return cluster
        .bash(STORE + "find " + BINLOGS + " -type f -exec stat -c '%n %s %Y' {} +")
        .lines()
        .map(line -> line.substring(BINLOGS.length()).split(" ", 2))
        .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1], (a, _) -> a, TreeMap::new));
  }

  /// The documents that say that a log is archived, of the one timeline that there has to be.
  Map<String, JsonNode> manifests() {
    Map<String, String> objects = objects();
    assertThat(objects.keySet()).as("one timeline").allMatch(key -> key.startsWith("0001/"));
    return objects.keySet().stream()
        .filter(key -> key.matches("0001/[^/]+\\.\\d+\\.json"))
        .collect(
            Collectors.toMap(
                key -> key.substring("0001/".length(), key.length() - ".json".length()),
                this::document,
                (a, _) -> a,
                TreeMap::new));
  }

  private JsonNode document(String key) {
    return JsonMapper.shared().readTree(cluster.bash(STORE + "cat " + BINLOGS + key));
  }

  /// Holds the archive against the server, up to where a run says that it came: every log before
  /// that is sealed, once, and is the server's file; of the last one there are chunks without a
  /// hole, and they are its beginning.
  void assertComplete(JsonNode outcome) {
    String file = outcome.at("/positions/binlog_file").asString();
    String offset = outcome.at("/positions/binlog_offset").asString();
    List<String> logs = serverLogs();
    List<String> closed = logs.subList(0, logs.indexOf(file));
    Map<String, JsonNode> manifests = manifests();
    assertThat(manifests.keySet()).containsExactlyElementsOf(closed);
    assertThat(objects().keySet())
        .as("no chunks of what is sealed, and nothing but what belongs to a log")
        .allMatch(
            key ->
                key.equals("0001/timeline.json")
                    || key.startsWith("0001/tail/" + file + "/")
                    || closed.stream()
                        .anyMatch(log -> key.matches("0001/" + log + "(\\.idx)?\\.(zst|json)")));
    manifests.forEach(
        (log, manifest) -> {
          String onServer = sum("cat " + path(log));
          assertThat(manifest.get("sha256").asString()).as(log).isEqualTo(onServer);
          assertThat(sumOfObjects(List.of("0001/" + log + ".zst"))).as(log).isEqualTo(onServer);
        });
    assertThat(sumOfObjects(chunks(file)))
        .as("chunks of " + file)
        .isEqualTo(sum("head -c " + offset + " " + path(file)));
  }

  /// That of the plain bytes on the server; the flag of a log that is open, or was when the server
  /// died, is no content.
  private String sum(String bytes) {
    return cluster
        .bash(
            DATABASE
                + "sh -c '"
                + bytes
                + " | { dd bs=1 count=21; printf \"\\0\"; dd bs=1 count=1 of=/dev/null; cat; }"
                + " 2>/dev/null | sha256sum'")
        .substring(0, 64);
  }

  private String sumOfObjects(List<String> keys) {
    String paths = keys.stream().map(BINLOGS::concat).collect(Collectors.joining(" "));
    return cluster
        .bash(STORE + "cat " + paths + " | " + DATABASE + "sh -c 'zstd -dc | sha256sum'")
        .substring(0, 64);
  }

  /// Waits until the store has some parts of an upload that is not complete.
  void awaitUpload() {
    cluster.bash(
        "for _ in $(seq 600); do parts=$("
            + STORE
            + "find /buckets/archive/.sgwtmp/multipart -type f | wc -l);"
            + " if [ $parts -ge 3 ]; then exit; fi; sleep 0.1; done; exit 1");
  }

  /// Waits until the store has so many chunks of the log that is being written now.
  void awaitChunks(int count) {
    cluster.bash(
        "log=$("
            + DATABASE
            + "tail -n 1 /var/lib/mysql/mysql-bin.index); for _ in $(seq 200); do chunks=$({ "
            + STORE
            + "find "
            + BINLOGS
            + "0001/tail/${log##*/} -name '0*.json' || true; } | wc -l);"
            + " if [ $chunks -ge "
            + count
            + " ]; then exit; fi; sleep 0.3; done; exit 1");
  }

  /// What the server's own tool makes of a sealed log; it checks each event.
  String decoded(String log) {
    return cluster.bash(
        STORE
            + "cat "
            + BINLOGS
            + "0001/"
            + log
            + ".zst | "
            + DATABASE
            + "sh -c 'zstd -dc | mariadb-binlog --verify-binlog-checksum -'");
  }

  /// One after the other, without a hole, as far as they have documents; a key is
  /// `<from>-<to>.zst`.
  private List<String> chunks(String log) {
    String folder = "0001/tail/" + log + "/";
    Set<String> keys = objects().keySet();
    List<String> chunks = new ArrayList<>();
    String offset = "%012d".formatted(0);
    while (true) {
      String begin = folder + offset + "-";
      Optional<String> next =
          keys.stream()
              .filter(key -> key.startsWith(begin) && key.endsWith(".json"))
              .max(Comparator.naturalOrder());
      if (next.isEmpty()) {
        return chunks;
      }
      String chunk = next.get().replace(".json", ".zst");
      chunks.add(chunk);
      offset = chunk.substring(begin.length(), chunk.length() - ".zst".length());
    }
  }

  private List<String> serverLogs() {
    return cluster
        .bash(DATABASE + "cat /var/lib/mysql/mysql-bin.index")
        .lines()
        .map(line -> line.substring(line.lastIndexOf('/') + 1))
        .toList();
  }

  private static String path(String log) {
    return "/var/lib/mysql/" + log;
  }
}
