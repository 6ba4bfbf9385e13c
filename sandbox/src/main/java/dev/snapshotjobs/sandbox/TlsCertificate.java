package dev.snapshotjobs.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate of 127.0.0.1 that comes from nobody but itself.
///
/// @param pem the file that somebody needs in order to trust it
record TlsCertificate(SSLContext context, Path pem) {
  private static final String PASSWORD = "of-no-importance";

  static TlsCertificate create(Path folder) throws IOException {
    Path store = folder.resolve("key.p12");
    Path pem = folder.resolve("certificate.pem");
    keytool(
        store,
        "-genkeypair",
        "-keyalg",
        "EC",
        "-dname",
        "CN=sandbox",
        "-ext",
        "san=ip:127.0.0.1",
        "-validity",
        "2");
    keytool(store, "-exportcert", "-rfc", "-file", pem.toString());
    return new TlsCertificate(context(store), pem);
  }

  private static void keytool(Path store, String... arguments) {
    String[] common = {
      Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
      "-keystore",
      store.toString(),
      "-storepass",
      PASSWORD,
      "-alias",
      "sandbox"
    };
    String[] command = new String[common.length + arguments.length];
    command[0] = common[0];
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    System.arraycopy(common, 1, command, 1 + arguments.length, common.length - 1);
    Command.check(command);
  }

  private static SSLContext context(Path store) throws IOException {
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore key = KeyStore.getInstance("PKCS12");
      key.load(in, PASSWORD.toCharArray());
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(key, PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new SandboxException("Java does not take the key of its own keytool", e);
    }
  }
}
