package dev.snapshotjobs.sandbox;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// An answer of the store, whose body has not arrived yet: it may be large.
final class S3Reply implements AutoCloseable {

  private final int status;
  private final List<Header> headers;
  private final InputStream body;
  private final long length;

  private S3Reply(int status, List<Header> headers, InputStream body, long length) {
    this.status = status;
    this.headers = List.copyOf(headers);
    this.body = body;
    this.length = length;
  }

  record Header(String name, String value) {
    boolean is(String other) {
      return name.toLowerCase(Locale.ROOT).equals(other);
    }
  }

  int status() {
    return status;
  }

  List<Header> headers() {
    return headers;
  }

  InputStream body() {
    return body;
  }

  /// Of the body; with HEAD, of the one that is left out.
  long length() {
    return length;
  }

  static S3Reply error(int status, String code) {
    byte[] body =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Error><Code>%s</Code><Message>a fault that the sandbox was told to make</Message>\
        <RequestId>sandbox</RequestId></Error>"""
            .formatted(code)
            .getBytes(StandardCharsets.UTF_8);
    return new S3Reply(
        status,
        List.of(new Header("Content-Type", "application/xml")),
        new ByteArrayInputStream(body),
        body.length);
  }

  /// Reads the head of an answer that ends with its connection, as with HTTP/1.0.
  static S3Reply read(InputStream from) throws IOException {
    BufferedInputStream in = new BufferedInputStream(from);
    String status = line(in);
    List<Header> headers = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.add(new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    Optional<Long> length =
        headers.stream()
            .filter(header -> header.is("content-length"))
            .map(header -> Long.valueOf(header.value()))
            .findFirst();
    int code = Integer.parseInt(status.substring(9, 12));
    if (length.isPresent()) {
      return new S3Reply(code, headers, in, length.get());
    }
    byte[] body = in.readAllBytes();
    return new S3Reply(code, headers, new ByteArrayInputStream(body), body.length);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  /// Ends its connection, if it has one.
  @Override
  public void close() throws IOException {
    body.close();
  }
}
