package dev.snapshotjobs.sandbox;

import java.time.Instant;

/// One request that reached the Kubernetes API, as its log keeps it.
///
/// @param verb the HTTP method, or `WATCH`
/// @param path with the query
/// @param status of the answer; 101 for a watch, 0 where the connection was closed instead
/// @param userAgent tells clients apart
public record ApiRequest(Instant time, String verb, String path, int status, String userAgent) {}
