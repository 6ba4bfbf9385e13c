/// `./demo`: the sandbox and the jobs, told as a story to a person at a terminal.
@NullMarked
package dev.snapshotjobs.demo;

import org.jspecify.annotations.NullMarked;
