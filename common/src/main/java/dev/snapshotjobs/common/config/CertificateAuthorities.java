package dev.snapshotjobs.common.config;

import java.security.cert.X509Certificate;
import java.util.List;

/// Whom to believe what a server's certificate says, instead of whom Java believes.
public record CertificateAuthorities(List<X509Certificate> certificates) {
  public CertificateAuthorities {
    certificates = List.copyOf(certificates);
  }
}
