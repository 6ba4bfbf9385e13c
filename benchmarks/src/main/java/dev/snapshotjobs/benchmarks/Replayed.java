package dev.snapshotjobs.benchmarks;

import java.time.Duration;
import java.util.Map;

/// One replay of all logs.
///
/// @param serverCpu what the server itself needed meanwhile
/// @param phases of a restore, in their order; empty where it is none
record Replayed(Done done, Duration serverCpu, Map<String, Duration> phases) {}
