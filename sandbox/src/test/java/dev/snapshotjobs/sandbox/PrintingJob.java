package dev.snapshotjobs.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/// The smallest job: prints, leaves a termination message and ends as it is told to.
final class PrintingJob {

  private PrintingJob() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args[0].equals("wait")) {
      new CountDownLatch(1).await();
    }
    System.getenv().entrySet().stream()
        .filter(variable -> !variable.getKey().equals("TERMINATION_LOG"))
        .map(Object::toString)
        .sorted()
        .forEach(System.out::println);
    System.err.println("done");
    Files.writeString(Path.of(System.getenv("TERMINATION_LOG")), "exit " + args[0]);
    System.exit(Integer.parseInt(args[0]));
  }
}
