package io.busbar.security;

import java.util.EnumSet;
import java.util.Set;

/**
 * One accepted key.
 *
 * @param name what logs and metrics call it; never the key
 * @param secret the key itself, or {@code sha256:} and the 64 hex digits of its SHA-256
 * @param roles what it may do
 */
public record ApiKey(String name, String secret, Set<Role> roles) {

  /** Marks a secret that is a digest. */
  public static final String DIGEST_PREFIX = "sha256:";

  public ApiKey {
    if (secret.isBlank()) {
      throw new IllegalArgumentException("key of '" + name + "' is empty");
    }
    if (secret.startsWith(DIGEST_PREFIX)
        && !secret.substring(DIGEST_PREFIX.length()).matches("[0-9a-fA-F]{64}")) {
      throw new IllegalArgumentException(
          "key of '" + name + "', expected 64 hex digits after " + DIGEST_PREFIX);
    }
    roles = roles.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(roles));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "ApiKey[" + name + " " + roles + "]";
  }
}
