package io.busbar.juniper;

/** Text from a peer that is not JSON within the bounds. */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  JsonException(String message) {
    super(message, null, false, false);
  }
}
