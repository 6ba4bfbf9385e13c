package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ContainerPathsTest {

  private final Container container =
      new ContainerBuilder()
          .withName("replay")
          .addToVolumeMounts(
              new VolumeMountBuilder().withName("data").withMountPath("/data").build(),
              new VolumeMountBuilder()
                  .withName("data")
                  .withMountPath("/data/binlog/")
                  .withSubPath("logs")
                  .build())
          .build();

  @ParameterizedTest
  @CsvSource({
    "/data, /disk/7",
    "/data/mysql, /disk/7/mysql",
    "--datadir=/data, --datadir=/disk/7",
    "--log-bin=/data/binlog/bin, --log-bin=/disk/7/logs/bin",
    "/data/binlog, /disk/7/logs",
    "/database, /database",
    "/srv/data, /srv/data",
    "127.0.0.1, 127.9.8.7",
    "--bind-address=127.0.0.1, --bind-address=127.9.8.7",
    "jdbc:mariadb://127.0.0.1:3306/, jdbc:mariadb://127.9.8.7:3306/",
    "http://127.0.0.1:9000, http://127.0.0.1:9000",
    "127.0.0.11, 127.0.0.11",
  })
  void translatesMountPathsAndTheLoopbackAddress(String inside, String outside) {
    ContainerPaths paths =
        ContainerPaths.of(container, Map.of("data", Path.of("/disk/7")), "127.9.8.7");

    assertThat(paths.translate(inside)).isEqualTo(outside);
  }

  @Test
  void refusesAVolumeThatTheSandboxDoesNotHave() {
    assertThatThrownBy(() -> ContainerPaths.of(container, Map.of(), "127.9.8.7"))
        .isInstanceOf(ContainerRefusal.class)
        .hasMessageContaining("data");
  }
}
