package dev.snapshotjobs.common.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import picocli.CommandLine.TypeConversionException;

/// Reads the certificates of the file that the setting names.
public final class CertificateFileConverter implements SettingConverter<CertificateAuthorities> {

  @Override
  public String allowed() {
    return "a file with certificates in PEM form";
  }

  @Override
  public CertificateAuthorities convert(String value) {
    try (InputStream in = Files.newInputStream(Path.of(value))) {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw new TypeConversionException("'" + value + "' has no certificate in it");
      }
      return new CertificateAuthorities(certificates);
    } catch (CertificateException e) {
      throw new TypeConversionException(
          "'" + value + "' has something else than certificates in it");
    } catch (IOException | InvalidPathException e) {
      throw new TypeConversionException("'" + value + "' cannot be read");
    }
  }
}
