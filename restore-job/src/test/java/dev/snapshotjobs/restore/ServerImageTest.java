package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerImageTest {
  private static final String DIGEST = "sha256:" + "0a".repeat(32);
  private static final Optional<String> LIVE = Optional.of("mariadb:11.8");

  @ParameterizedTest
  @ValueSource(strings = {"", "docker-pullable://", "docker://"})
  void isTheRecordedOneByItsDigest(String scheme) {
    String name = "registry.example.com:5000/library/mariadb@" + DIGEST;

    assertThat(ServerImage.choose(Optional.empty(), scheme + name, LIVE))
        .contains(new ServerImage(name, Optional.empty()));
    assertThat(ServerImage.needsLive(Optional.empty(), scheme + name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "docker://", "docker.io/library/import-2026-11-22@"})
  void isTheSourcesOwnWhereTheRecordedOneIsOfANodeAlone(String name) {
    ServerImage image = ServerImage.choose(Optional.empty(), name + DIGEST, LIVE).orElseThrow();

    assertThat(image.name()).isEqualTo("mariadb:11.8");
    assertThat(image.warning().orElseThrow()).contains(DIGEST).contains("cannot be pulled");
    assertThat(ServerImage.needsLive(Optional.empty(), name + DIGEST)).isTrue();
    assertThat(ServerImage.choose(Optional.empty(), name + DIGEST, Optional.empty())).isEmpty();
  }

  @Test
  void isTheRecordedTagWhereNoDigestWasKnown() {
    ServerImage image = ServerImage.choose(Optional.empty(), "mariadb:11.4", LIVE).orElseThrow();

    assertThat(image.name()).isEqualTo("mariadb:11.4");
    assertThat(image.warning().orElseThrow()).contains("without a digest");
  }

  @Test
  void isTheOneThatWasAskedForBeforeAnyOther() {
    assertThat(ServerImage.choose(Optional.of("own:1"), "mariadb@" + DIGEST, LIVE))
        .contains(new ServerImage("own:1", Optional.empty()));
    assertThat(ServerImage.needsLive(Optional.of("own:1"), "")).isFalse();
  }

  @Test
  void isNobodysWhereNothingIsKnown() {
    assertThat(ServerImage.choose(Optional.empty(), "", Optional.empty())).isEmpty();
    assertThat(ServerImage.choose(Optional.empty(), "", LIVE).orElseThrow().warning().orElseThrow())
        .contains("none");
  }
}
