package dev.snapshotjobs.common.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks an option that no environment variable may set, such as the target of a restore: what a
/// ConfigMap says once for all runs must never choose it.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface ArgumentOnly {}
