package io.busbar.controlplane.core;

/**
 * Who keeps a key that two hosts say they own: the one with the higher epoch if both speak epochs,
 * else the lower host. Both find the same. How many changes each has stored would come between the
 * two, but neither the protocol nor an owner tells that. Pure.
 */
public final class Dispute {
  private Dispute() {}

  /**
   * @param recorded host that the key is recorded for
   * @param epoch of the record, 0 = it knows none
   * @param other host that says it owns the key
   * @param othersEpoch by its word, 0 = it knows none
   * @return false = the key goes to the other host
   */
  public static boolean keeps(HostName recorded, long epoch, HostName other, long othersEpoch) {
    boolean bothSpeak = epoch > 0 && othersEpoch > 0;
    return bothSpeak && epoch != othersEpoch ? epoch > othersEpoch : recorded.compareTo(other) < 0;
  }
}
