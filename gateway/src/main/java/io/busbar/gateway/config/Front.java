package io.busbar.gateway.config;

/** The front sides of a node, by the prefix of their keys. */
public enum Front {
  HTTP("http", true),
  RUNNER("runner", false),
  CONTROL_PLANE("control-plane", false),
  FALCON("falcon", false),
  RPC("rpc", false),
  FN_LB("fn-lb", true),
  MANAGEMENT("management", true);

  private final String key;
  private final boolean apiKeys;

  Front(String key, boolean apiKeys) {
    this.key = key;
    this.apiKeys = apiKeys;
  }

  /** Prefix of its keys and its name in the READY line. */
  public String key() {
    return key;
  }

  /** Whether the protocol can carry an API key, so that keys protect the port. */
  public boolean takesApiKeys() {
    return apiKeys;
  }
}
