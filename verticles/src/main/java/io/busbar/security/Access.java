package io.busbar.security;

import io.busbar.failure.Failure;

/** Decides whether a key may do something. Thread-safe; never blocks. */
public interface Access {
  /** No keys configured: everybody may do everything. */
  Access OPEN = (key, role) -> null;

  /**
   * Checks a presented key.
   *
   * @param key as presented, null or empty = none
   * @return null = allowed; else UNAUTHENTICATED (no or unknown key) or FORBIDDEN (role missing)
   */
  Failure check(String key, Role role);

  /**
   * What logs, metrics and tenants call the owner of a key; never the key itself.
   *
   * @return "" = no keys configured, no key presented, or an unknown one
   */
  default String identity(String key) {
    return "";
  }
}
