package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class DocumentsTest {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  /// A change here breaks the archives of others: it needs a new format, and code that reads both.
  @ParameterizedTest
  @EnumSource
  void areWrittenAsTheyEverWere(DocumentKind kind) throws IOException {
    if (Boolean.getBoolean("update-docs")) {
      Files.write(Path.of("src/test/resources/archive", kind.fileName()), kind.json());
    }
    assertThat(new String(kind.json(), StandardCharsets.UTF_8))
        .isEqualTo(new String(kind.golden(), StandardCharsets.UTF_8));
    assertThat(kind.read(kind.golden())).isEqualTo(kind.sample());
  }

  @ParameterizedTest
  @EnumSource
  void nameTheFieldThatIsMissing(DocumentKind kind) throws IOException {
    for (List<String> path : paths(MAPPER.readTree(kind.json()))) {
      byte[] json = changed(kind, path, null);
      if (isOptional(path)) {
        assertThat(kind.read(json)).as(path.toString()).isNotNull();
      } else {
        assertThatThrownBy(() -> kind.read(json))
            .as(path.toString())
            .isInstanceOfSatisfying(
                ArchiveFormatException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_FIELD))
            .hasMessageStartingWith("key: ")
            .hasMessageContaining(complaint(path));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void nameTheFieldThatIsWrong(DocumentKind kind) throws IOException {
    for (List<String> path : paths(MAPPER.readTree(kind.json()))) {
      for (Object wrong : new Object[] {-1, 1.5, "\ud800", true, "x".repeat(6000), List.of(1)}) {
        byte[] json = changed(kind, path, wrong);
        if (!fits(path, wrong)) {
          assertThatThrownBy(() -> kind.read(json))
              .as(path + " = " + wrong)
              .isInstanceOf(ArchiveFormatException.class)
              .hasMessageContaining(path.getLast());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void mayHaveMoreFieldsThanWeKnow(DocumentKind kind) throws IOException {
    ObjectNode json = (ObjectNode) MAPPER.readTree(kind.json());
    json.putPOJO("later", Map.of("a", List.of(1, 2, Map.of("b", "c")), "d", 1.5));
    json.putNull("nothing");

    assertThat(kind.read(MAPPER.writeValueAsBytes(json))).isEqualTo(kind.sample());
  }

  @ParameterizedTest
  @EnumSource
  void ofAHigherFormatAreLeftToANewerVersion(DocumentKind kind) {
    ObjectNode json = MAPPER.createObjectNode().put("format", 2).put("frames", "of another kind");

    assertThatThrownBy(() -> kind.read(MAPPER.writeValueAsBytes(json)))
        .isInstanceOfSatisfying(
            ArchiveFormatException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NEWER_FORMAT))
        .hasMessageContaining("format 2")
        .hasMessageContaining("upgrade");
  }

  @ParameterizedTest
  @EnumSource
  void areOneJsonObjectAndNothingElse(DocumentKind kind) {
    String json = new String(kind.json(), StandardCharsets.UTF_8);
    for (String wrong :
        List.of(
            "",
            "{",
            "[]",
            "null",
            "7",
            json + "{}",
            json.substring(0, json.length() - 1),
            json + "x",
            "[".repeat(100_000),
            "{\"a\":".repeat(1000),
            "{\"format\":" + "1".repeat(500) + "}",
            "{\"" + "n".repeat(5000) + "\":1}")) {
      assertThatThrownBy(() -> kind.read(wrong.getBytes(StandardCharsets.UTF_8)))
          .as(wrong.substring(0, Math.min(20, wrong.length())))
          .isInstanceOf(ArchiveFormatException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void areRefusedWhenTheyAreLargerThanWeWriteThem(DocumentKind kind) {
    byte[] json = new byte[kind.limit() + 1];
    byte[] beginning = kind.json();
    Arrays.fill(json, (byte) ' ');
    System.arraycopy(beginning, 0, json, 0, beginning.length);

    assertThatThrownBy(() -> kind.read(json)).isInstanceOf(ArchiveFormatException.class);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INDEX")
  void haveEachFieldOnce(DocumentKind kind) {
    String json = new String(kind.json(), StandardCharsets.UTF_8);
    byte[] twice =
        json.replaceFirst("\\{", "{\"instance\":\"other\",").getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> kind.read(twice))
        .isInstanceOfSatisfying(
            ArchiveFormatException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_JSON));
  }

  /// The ways to all fields, also to those within others; of a list its first element's.
  private static List<List<String>> paths(JsonNode root) {
    List<List<String>> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      all.add(List.of(field.getKey()));
      JsonNode value = field.getValue();
      JsonNode inner = value.isArray() && !value.isEmpty() ? value.get(0) : value;
      if (inner.isObject()) {
        for (List<String> path : paths(inner)) {
          List<String> longer = new ArrayList<>(List.of(field.getKey()));
          longer.addAll(path);
          all.add(longer);
        }
      }
    }
    return all;
  }

  private static byte[] changed(DocumentKind kind, List<String> path, @Nullable Object value) {
    JsonNode root = MAPPER.readTree(kind.json());
    JsonNode at = root;
    for (String name : path.subList(0, path.size() - 1)) {
      at = at.get(name);
      at = at.isArray() ? at.get(0) : at;
    }
    if (value == null) {
      ((ObjectNode) at).remove(path.getLast());
    } else {
      ((ObjectNode) at).putPOJO(path.getLast(), value);
    }
    return MAPPER.writeValueAsBytes(root);
  }

  private static boolean isOptional(List<String> path) {
    return path.getLast().equals("parent")
        || path.getLast().equals("restoreSize")
        || path.getLast().equals("lost")
        || path.getLast().equals("startedBy")
        || (path.getFirst().equals("annotations")
            && path.size() > 1
            && !path.getLast().contains("binlog-file")
            && !path.getLast().contains("binlog-offset"))
        || path.getLast().endsWith("/type")
        || path.getLast().endsWith("/pitr");
  }

  private static boolean fits(List<String> path, Object value) {
    return switch (value) {
      case Boolean _ ->
          path.getLast().equals("encryptedAtSource")
              || path.getLast().equals("caughtUp")
              || path.getLast().equals("ordered");
      case String text ->
          path.getFirst().equals("annotations")
              || path.getFirst().equals("labels")
              || text.isEmpty();
      default -> false;
    };
  }

  private static String complaint(List<String> path) {
    String last = path.getLast();
    return switch (last) {
      case "times" -> "transactions";
      case "incidents" -> "incidents";
      case "state" -> "state";
      default -> last.contains("/") ? "snapshot" : last;
    };
  }
}
