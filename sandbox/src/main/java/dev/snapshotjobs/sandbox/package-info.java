/// MariaDB servers and a Kubernetes API with VolumeSnapshots on this machine, in one JVM.
///
/// [dev.snapshotjobs.sandbox.Sandbox] is the door. Everything speaks the raw Kubernetes API and
/// plain processes, so nothing here can share a mistake with the jobs that are tested against it.
@NullMarked
package dev.snapshotjobs.sandbox;

import org.jspecify.annotations.NullMarked;
