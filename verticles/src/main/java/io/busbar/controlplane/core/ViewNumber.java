package io.busbar.controlplane.core;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The number of the view that the nodes of one authority agree on. One of them counts: with each
 * change of the hosts that count the number grows by one. The others take its word, and say what
 * they took, so that whoever counts next goes on above every number that anybody knows.
 */
public final class ViewNumber {
  private record Said(long number, long hosts) {}

  private final Map<String, Said> said = new TreeMap<>();
  private long number;
  private long hosts;

  /** 0 = none yet. */
  public long number() {
    return number;
  }

  /** Fingerprint of the hosts that the number is for. */
  public long hosts() {
    return hosts;
  }

  /**
   * Another node says which number it has.
   *
   * @param numbered 0 = none
   * @param fingerprint of the hosts that it is for
   */
  public void told(String node, long numbered, long fingerprint) {
    if (numbered <= 0) {
      said.remove(node);
    } else {
      said.put(node, new Said(numbered, fingerprint));
    }
  }

  /** The other node is gone. */
  public void left(String node) {
    said.remove(node);
  }

  /**
   * Counts, where this node is the one that does.
   *
   * @param counted hosts of the view now
   * @param clock ms since 1970, where the very first number begins: so that numbers do not come
   *     again after a stop of all nodes
   */
  public void count(Collection<HostName> counted, long clock) {
    long now = fingerprint(counted);
    boolean behind = false;
    long highest = number;
    for (Said other : said.values()) {
      behind |= other.number() > number || (other.number() == number && other.hosts() != hosts);
      highest = Math.max(highest, other.number());
    }
    if (number == 0 || behind || now != hosts) {
      number = Math.max(highest + 1, number == 0 ? clock : 0);
      hosts = now;
    }
  }

  /** Takes the word of the node that counts. A number never goes back. */
  public void follow(String counting) {
    Said word = said.get(counting);
    if (word != null && word.number() >= number) {
      number = word.number();
      hosts = word.hosts();
    }
  }

  /** The same for the same hosts, on every node; different for others but by rare chance. */
  public static long fingerprint(Collection<HostName> counted) {
    long mixed = 1125899906842597L;
    for (HostName host : new TreeSet<>(counted)) {
      for (byte b : (host + "\n").getBytes(StandardCharsets.UTF_8)) {
        mixed = (mixed ^ b) * 0x100000001B3L;
      }
    }
    return mixed;
  }
}
