package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// Documents as JSON: indented, because a person opens them at night, and read within limits.
final class Json {
  /// The format that this code writes, and the highest that it reads.
  static final int FORMAT = 1;

  /// Of documents that are read as a tree. A field that is there twice is refused.
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              factory(ArchiveLimits.CATALOGUE_ENTRY, ArchiveLimits.TOKENS)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  /// Of indexes, which are read piece by piece.
  static final JsonMapper INDEX =
      JsonMapper.builder(factory(ArchiveLimits.INDEX, ArchiveLimits.INDEX_TOKENS).build()).build();

  private static final DefaultIndenter INDENT = new DefaultIndenter("  ", "\n");
  private static final ObjectWriter INDENTED =
      MAPPER
          .writer()
          .with(new DefaultPrettyPrinter().withObjectIndenter(INDENT).withArrayIndenter(INDENT));

  private Json() {}

  private static JsonFactoryBuilder factory(int bytes, int tokens) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(ArchiveLimits.DEPTH)
                .maxDocumentLength(bytes)
                .maxTokenCount(tokens)
                .maxStringLength(Math.min(bytes, ArchiveLimits.CATALOGUE_ENTRY))
                .maxNameLength(1000)
                .maxNumberLength(32)
                .build());
  }

  /// The fields of a new document, in the order in which they are put in.
  static Map<String, Object> document() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", FORMAT);
    return fields;
  }

  static byte[] write(Map<String, Object> fields, int limit) {
    byte[] json = INDENTED.writeValueAsBytes(fields);
    if (json.length > limit) {
      throw new IllegalArgumentException(
          "the document would have " + json.length + " bytes, and may have " + limit);
    }
    return json;
  }

  static Fields read(String object, byte[] json, int limit) throws ArchiveFormatException {
    if (json.length > limit) {
      throw new ArchiveFormatException(
          Fault.TOO_LARGE,
          object,
          "has " + json.length + " bytes, and a document of its kind at most " + limit);
    }
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw notJson(object, e);
    }
    Fields fields = Fields.of(object, "", root);
    fields.checkFormat();
    return fields;
  }

  static ArchiveFormatException notJson(String object, JacksonException e) {
    return new ArchiveFormatException(
        Fault.NOT_JSON, object, "is not readable as JSON: " + e.getOriginalMessage(), e);
  }
}
