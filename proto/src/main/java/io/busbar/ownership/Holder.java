package io.busbar.ownership;

import java.util.Objects;

/**
 * Who holds keys: a host in one of its lives. Its lease is one record, renewed for all its keys.
 *
 * @param host name of one of our nodes, or of a host outside
 * @param incarnation new in each life of the host, below 2^53; 0 = the host does not tell its lives
 *     apart
 */
public record Holder(String host, long incarnation) {
  public Holder {
    Objects.requireNonNull(host, "host");
  }

  @Override
  public String toString() {
    return incarnation == 0 ? host : host + "#" + incarnation;
  }
}
