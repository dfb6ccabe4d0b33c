package io.busbar.gateway.config;

/**
 * A place in a source of configuration.
 *
 * @param source file, environment variable or flag
 * @param line counted from 1, 0 = the source has no lines
 */
public record Position(String source, int line) {
  @Override
  public String toString() {
    return line > 0 ? source + ":" + line : source;
  }
}
