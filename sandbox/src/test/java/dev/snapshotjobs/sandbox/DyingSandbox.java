package dev.snapshotjobs.sandbox;

import java.util.concurrent.CountDownLatch;

/// A JVM with a sandbox in it that is killed before it can close anything.
final class DyingSandbox {

  private DyingSandbox() {}

  public static void main(String[] args) throws InterruptedException {
    Sandbox sandbox = Sandbox.start();
    DatabasePod pod = sandbox.deployMariaDb(MariaDbDeployment.standard()).getFirst();
    System.out.println(pod.server().pid() + " " + sandbox.kubeconfig().getParent());
    new CountDownLatch(1).await();
  }
}
