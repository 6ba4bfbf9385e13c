package dev.snapshotjobs.common.kube;

import static dev.snapshotjobs.common.kube.Cluster.request;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run's right to act on an instance: the Lease `mariadb-snapshot-jobs.<instance>`.
///
/// It keeps two runs from undoing each other's work; it is not what makes a snapshot safe. A holder
/// that slept past the expiry must notice before its next effect: [#renew].
public final class InstanceLease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InstanceLease.class);

  /// Clocks of two pods differ; a Lease counts as expired only when it is so by this much.
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(5);

  private final Factory factory;
  private final String name;
  private final String holder;
  private final Terms terms;
  private final int transitions;

  private InstanceLease(Factory factory, String name, String holder, Terms terms, int transitions) {
    this.factory = factory;
    this.name = name;
    this.holder = holder;
    this.terms = terms;
    this.transitions = transitions;
  }

  /// How long a Lease holds without being renewed, and by which clock.
  public record Terms(Duration duration, InstantSource clock) {}

  /// Another run has taken over the instance, so this one must not touch it any more.
  public static final class LeaseLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LeaseLostException(String message) {
      super(message);
    }
  }

  /// The answer to a request for a Lease.
  public sealed interface Attempt {
    record Acquired(InstanceLease lease) implements Attempt {}

    record Busy(String holder, Instant expires) implements Attempt {}
  }

  /// Takes Leases in one namespace.
  public static final class Factory {
    private final KubernetesClient client;
    private final String namespace;

    Factory(KubernetesClient client, String namespace) {
      this.client = client;
      this.namespace = namespace;
    }

    /// Tries once.
    public Attempt tryAcquire(String instance, String holder, Terms terms) {
      String name = "mariadb-snapshot-jobs." + instance;
      return uninterrupted(() -> tryOnce(name, holder, terms));
    }

    private Attempt tryOnce(String name, String holder, Terms terms) {
      try {
        return find(name)
            .map(found -> takeOver(found, name, holder, terms))
            .orElseGet(() -> create(name, holder, terms));
      } catch (KubernetesFailure failure) {
        if (failure.isConflict()) {
          return new Attempt.Busy("another run that was faster", terms.clock().instant());
        }
        throw failure;
      }
    }

    private void giveBack(String name, String holder) {
      try {
        Optional<Lease> found = find(name);
        if (found.isPresent() && holder.equals(found.get().getSpec().getHolderIdentity())) {
          found.get().getSpec().setHolderIdentity("");
          replace("giving back Lease " + name, found.get());
        }
      } catch (KubernetesFailure failure) {
        LOG.atWarn()
            .addKeyValue("why", failure.getMessage())
            .log("the Lease was not given back and has to expire");
      }
    }

    private Attempt create(String name, String holder, Terms terms) {
      Lease lease =
          new LeaseBuilder()
              .withNewMetadata()
              .withNamespace(namespace)
              .withName(name)
              .endMetadata()
              .withSpec(spec(holder, terms, 0))
              .build();
      request(
          "creating Lease " + name,
          () -> client.leases().inNamespace(namespace).resource(lease).create());
      return new Attempt.Acquired(new InstanceLease(this, name, holder, terms, 0));
    }

    private Attempt takeOver(Lease found, String name, String holder, Terms terms) {
      LeaseSpec current = found.getSpec();
      String currentHolder = current.getHolderIdentity() == null ? "" : current.getHolderIdentity();
      Instant now = terms.clock().instant();
      if (!currentHolder.isEmpty() && !currentHolder.equals(holder)) {
        Instant expires = expiryOf(current);
        if (now.isBefore(expires.plus(CLOCK_SKEW))) {
          return new Attempt.Busy(currentHolder, expires);
        }
      }
      int transitions =
          (current.getLeaseTransitions() == null ? 0 : current.getLeaseTransitions()) + 1;
      found.setSpec(spec(holder, terms, transitions));
      replace("taking Lease " + name, found);
      return new Attempt.Acquired(new InstanceLease(this, name, holder, terms, transitions));
    }

    private Optional<Lease> find(String name) {
      return request(
          "reading Lease " + name,
          () -> Optional.ofNullable(client.leases().inNamespace(namespace).withName(name).get()));
    }

    /// The resource version of what was read makes this fail when somebody else wrote meanwhile.
    private void replace(String doing, Lease lease) {
      request(
          doing,
          () ->
              client
                  .leases()
                  .inNamespace(namespace)
                  .resource(lease)
                  .lockResourceVersion(lease.getMetadata().getResourceVersion())
                  .update());
    }
  }

  /// A stop interrupts the run's thread, and at any moment. A request to take the Lease that is cut
  /// off may reach the API all the same, and nobody would give back what came of it; one to give it
  /// back may not reach it, and the next run would wait until the Lease expires. So both are made
  /// on a thread that nobody interrupts.
  private static <T> T uninterrupted(Supplier<T> request) {
    try {
      return CompletableFuture.supplyAsync(request, task -> Thread.ofVirtual().start(task)).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private static LeaseSpec spec(String holder, Terms terms, int transitions) {
    ZonedDateTime time = terms.clock().instant().atZone(ZoneOffset.UTC);
    LeaseSpec spec = new LeaseSpec();
    spec.setHolderIdentity(holder);
    spec.setLeaseDurationSeconds((int) terms.duration().toSeconds());
    spec.setLeaseTransitions(transitions);
    spec.setAcquireTime(time);
    spec.setRenewTime(time);
    return spec;
  }

  private static Instant expiryOf(LeaseSpec spec) {
    ZonedDateTime renewed = spec.getRenewTime();
    Integer seconds = spec.getLeaseDurationSeconds();
    return renewed == null || seconds == null
        ? Instant.EPOCH
        : renewed.toInstant().plusSeconds(seconds);
  }

  /// Reads the Lease again, fails unless it is still this run's, and holds it for its full time
  /// from now on.
  public void renew() throws LeaseLostException {
    Lease found =
        factory
            .find(name)
            .orElseThrow(() -> new LeaseLostException("Lease " + name + " was deleted"));
    LeaseSpec spec = found.getSpec();
    if (!holder.equals(spec.getHolderIdentity())
        || spec.getLeaseTransitions() == null
        || spec.getLeaseTransitions() != transitions) {
      throw new LeaseLostException(
          "Lease " + name + " is now held by " + spec.getHolderIdentity() + ", not by " + holder);
    }
    spec.setRenewTime(terms.clock().instant().atZone(ZoneOffset.UTC));
    try {
      factory.replace("renewing Lease " + name, found);
    } catch (KubernetesFailure failure) {
      if (failure.isConflict()) {
        throw new LeaseLostException("Lease " + name + " was taken while it was renewed");
      }
      throw failure;
    }
  }

  /// Gives the Lease back, if it is still this run's. Never fails: it expires by itself, and what
  /// the run achieved under it stands.
  @Override
  public void close() {
    uninterrupted(
        () -> {
          factory.giveBack(name, holder);
          return true;
        });
  }
}
