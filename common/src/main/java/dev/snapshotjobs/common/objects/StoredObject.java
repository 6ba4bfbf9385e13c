package dev.snapshotjobs.common.objects;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the store says of an object.
///
/// @param sha256 of the content, in hex, where its writer has left it; listings do not tell it
public record StoredObject(
    ObjectKey key, long size, String etag, Instant modified, @Nullable String sha256) {}
