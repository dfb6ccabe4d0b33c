package io.busbar.runner;

/** A call description that breaks its rules; the message names field, value and expectation. */
final class BadCallException extends Exception {
  private static final long serialVersionUID = 1L;

  BadCallException(String message) {
    super(message, null, false, false);
  }
}
