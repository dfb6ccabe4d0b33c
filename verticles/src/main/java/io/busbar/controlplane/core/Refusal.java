package io.busbar.controlplane.core;

/** Why a host cannot own a key, whatever the key is. */
public enum Refusal {
  INVALID("invalid"),
  NO_QUORUM("no quorum"),
  JOINING("joining"),
  DRAINING("draining"),
  UNAVAILABLE("host not available");

  private final String text;

  Refusal(String text) {
    this.text = text;
  }

  /** As hosts of the first version are told. */
  public String text() {
    return text;
  }
}
