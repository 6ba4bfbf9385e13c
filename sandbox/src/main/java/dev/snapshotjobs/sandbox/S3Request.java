package dev.snapshotjobs.sandbox;

import java.time.Instant;

/// A request that a client has made of the store.
///
/// @param path with its query
/// @param status what the client was answered, 0 if nothing or not all of it
public record S3Request(Instant at, S3Operation operation, String path, int status) {}
