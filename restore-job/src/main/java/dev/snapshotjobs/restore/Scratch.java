package dev.snapshotjobs.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// The folder that the containers of a restore share beside the data. What is in it is of no use to
/// anybody else, and gone with the pod.
record Scratch(Path folder) {
  /// Notes that one container leaves for another, or for itself after it was killed.
  enum Note {
    /// Of the account that the server makes at its start.
    PASSWORD("password"),
    /// The state in which the copy's own log ends; empty if only the server can read it.
    RECOVERED_STATE("recovered-state"),
    /// The name of that log where only the server can read it; empty otherwise.
    ENCRYPTED_LOG("encrypted-log"),
    /// What stands in front of the names in the index of the copy's logs; empty if it has none.
    LOG_FOLDER("log-folder"),
    /// The state in which the replay has ended, once it has; empty before.
    REPLAYED("replayed"),
    /// The tables that are left out, as they were found before anything was replayed.
    IGNORED("ignored.json"),
    /// By which a server is known again that a replay has begun on.
    TOKEN("token"),
    /// What the events of the copy were before anything was replayed.
    EVENTS("events.json");

    private final String file;

    Note(String file) {
      this.file = file;
    }
  }

  Path initFile() {
    return folder.resolve(ServerArguments.INIT_FILE);
  }

  RelayLogFolder relayLogs() {
    return new RelayLogFolder(folder, ServerArguments.RELAY_LOGS);
  }

  Optional<String> read(Note note) throws IOException {
    Path path = folder.resolve(note.file);
    return Files.exists(path) ? Optional.of(Files.readString(path)) : Optional.empty();
  }

  void write(Note note, String text) throws IOException {
    write(folder.resolve(note.file), text);
  }

  /// All of it or nothing.
  static void write(Path path, String text) throws IOException {
    Path beside = path.resolveSibling(path.getFileName() + ".part");
    Files.write(beside, text.getBytes(UTF_8));
    Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
