package io.busbar.gateway.config;

import io.busbar.failure.Failure;

/**
 * One thing wrong with a configuration.
 *
 * @param at where it stands
 * @param key the key concerned, "" = the source as a whole
 * @param value as written, null = none to show
 * @param expected what should stand there
 */
public record Problem(Position at, String key, String value, String expected) {

  private static final int SHOWN = 60;

  public Problem {
    value = value == null ? null : Failure.shorten(value.replaceAll("\\p{Cntrl}", "?"), SHOWN);
  }

  /**
   * {@code file:line: key: 'value', expected …} on one line; a flag that names the key does once.
   */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(at.toString()).append(": ");
    if (!key.isEmpty() && !at.source().equals("--set " + key)) {
      line.append(key).append(": ");
    }
    if (value != null) {
      line.append('\'').append(value).append("', ");
    }
    return line.append(expected).toString();
  }
}
