package dev.snapshotjobs.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The relay logs of a replay. Their index names all of them from the beginning, and an empty file
/// stands for each that is still to come: so a server goes through all of them without ever being
/// told to forget any, and keeps its temporary tables from one to the next. It opens a relay log
/// not before it comes to it.
///
/// @param base what stands in front of the number in their names
record RelayLogFolder(Path folder, String base) {
  /// Counted from 1, as a server does.
  String name(int number) {
    return "%s.%06d".formatted(base, number);
  }

  Path path(int number) {
    return folder.resolve(name(number));
  }

  /// Where one is written before it is whole.
  Path unfinished(int number) {
    return folder.resolve(name(number) + ".part");
  }

  void expect(int count) throws IOException {
    for (int number = 1; number <= count; number++) {
      if (!Files.exists(path(number))) {
        Files.createFile(path(number));
      }
    }
    String index =
        IntStream.rangeClosed(1, count)
            .mapToObj(number -> path(number) + "\n")
            .collect(Collectors.joining());
    Files.write(folder.resolve(base + ".index"), index.getBytes(UTF_8));
  }

  /// Puts a whole one into its place.
  void arrive(int number) throws IOException {
    Files.move(
        unfinished(number),
        path(number),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  void delete(int number) throws IOException {
    Files.deleteIfExists(path(number));
  }
}
