package io.busbar.security;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Nothing that is reachable from outside this machine opens without protection. Looks up host
 * names, so it blocks: for start-up only.
 */
public final class ExposureRule {

  private ExposureRule() {}

  /**
   * Whether a front side may open on an address.
   *
   * @param host as configured
   * @param keys the port asks for keys or tokens
   * @param tls the port speaks TLS
   * @param insecure the user allowed it to be open
   * @return null = it may, else what is missing
   */
  public static String front(String host, boolean keys, boolean tls, boolean insecure) {
    if (keys || tls || insecure || isLoopback(host)) {
      return null;
    }
    return "is not loopback; expected security.api-keys, TLS or insecure: true to protect or allow"
        + " it";
  }

  /**
   * Whether cluster or bus traffic may use an address: both carry commands between nodes.
   *
   * @param host as configured
   * @param busTls the event bus speaks mutual TLS
   * @param trustedNetwork the user vouches for the network
   * @return null = it may, else what is missing
   */
  public static String cluster(String host, boolean busTls, boolean trustedNetwork) {
    if (busTls || trustedNetwork || isLoopback(host)) {
      return null;
    }
    return "is not loopback; expected bus.tls.cert, key and ca, or cluster.trusted-network: true";
  }

  /** Whether only this machine reaches the host. A name that does not resolve is not loopback. */
  public static boolean isLoopback(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
