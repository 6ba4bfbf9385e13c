package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.objects.LockTerm;

/// What a run shall archive, and how.
record ArchiveSettings(
    String instance,
    LockTerm locking,
    boolean encryptedAtRest,
    boolean allowOverwrites,
    boolean dryRun) {}
