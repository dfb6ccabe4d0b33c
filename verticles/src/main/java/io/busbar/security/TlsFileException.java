package io.busbar.security;

import java.nio.file.Path;

/** A TLS file that cannot be used; the message is one line that names it. */
public final class TlsFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;

  TlsFileException(Path file, String expected) {
    super(file + ": " + expected, null, false, false);
    this.file = file;
  }

  public Path file() {
    return file;
  }
}
