package io.busbar.gateway.cli;

/** Value of {@code -o}. */
public enum OutputFormat {
  text,
  json
}
