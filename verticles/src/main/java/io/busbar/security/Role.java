package io.busbar.security;

/** What an API key may do. */
public enum Role {
  CALL,
  PUBLISH,
  SUBSCRIBE,
  COMMAND,
  OWN,
  OPERATE
}
