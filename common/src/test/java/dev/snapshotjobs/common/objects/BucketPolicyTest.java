package dev.snapshotjobs.common.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The policy that is shipped for AWS allows what we ask of S3, and nothing else.
class BucketPolicyTest {
  private static final Pattern RIGHT = Pattern.compile("s3:\\w+");

  @Test
  void allowsWhatIsAsked() throws IOException {
    Set<String> asked =
        Arrays.stream(S3Action.values())
            // Only with Object Lock, as docs/how-to/install.md says.
            .filter(action -> action != S3Action.PUT_LOCKED)
            .flatMap(action -> rights(action.permission()))
            .collect(Collectors.toSet());
    String policy = Files.readString(Path.of("../manifests/bucket-policy-aws.json"));

    assertThat(rights(policy)).containsExactlyInAnyOrderElementsOf(asked);
  }

  /// It lists, compares and adds, and does no more.
  @Test
  void allowsSnapshotJobLessThanThat() throws IOException {
    String policy = Files.readString(Path.of("../manifests/bucket-policy-aws-snapshot-job.json"));

    assertThat(rights(policy))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(S3Action.LIST, S3Action.READ, S3Action.PUT)
                .flatMap(action -> rights(action.permission()))
                .collect(Collectors.toSet()));
    assertThat(policy).contains("/*/catalog/*").doesNotContain("archive/*\"");
  }

  /// Who looks for what happened cannot make it worse.
  @Test
  void allowsRestoreJobToReadAndNoMore() throws IOException {
    String policy = Files.readString(Path.of("../manifests/bucket-policy-aws-restore-job.json"));

    assertThat(rights(policy))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(S3Action.LIST, S3Action.READ)
                .flatMap(action -> rights(action.permission()))
                .collect(Collectors.toSet()));
  }

  private static Stream<String> rights(String text) {
    return RIGHT.matcher(text).results().map(found -> found.group());
  }
}
