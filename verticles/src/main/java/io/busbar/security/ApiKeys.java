package io.busbar.security;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * The configured API keys. Only digests are kept. A presented key is compared with every one of
 * them in constant time, so that the time of an answer says nothing about which one was close.
 * Immutable, thread-safe, does not block.
 */
public final class ApiKeys implements Access {

  /** Longest key looked at, in characters; a longer one is unknown. */
  static final int MAX_KEY = 512;

  private static final class Entry {
    final String name;
    final byte[] digest;
    final Set<Role> roles;

    Entry(ApiKey key) {
      name = key.name();
      digest = digest(key);
      roles = key.roles();
    }
  }

  /** Takes as long for digests that differ at once as for equal ones. */
  static final BiPredicate<byte[], byte[]> CONSTANT_TIME = MessageDigest::isEqual;

  private final List<Entry> entries;
  private final BiPredicate<byte[], byte[]> same;

  /**
   * @param same the only way in which what was presented is compared with what is known
   */
  ApiKeys(List<ApiKey> keys, BiPredicate<byte[], byte[]> same) {
    this.entries = keys.stream().map(Entry::new).toList();
    this.same = same;
  }

  /** Access by these keys; {@link Access#OPEN} when there are none. */
  public static Access of(List<ApiKey> keys) {
    return keys.isEmpty() ? Access.OPEN : new ApiKeys(keys, CONSTANT_TIME);
  }

  @Override
  public Failure check(String key, Role role) {
    if (key == null || key.isEmpty()) {
      return Failure.of(FailureCode.UNAUTHENTICATED, "no API key, expected one");
    }
    Entry entry = find(key);
    if (entry == null) {
      return Failure.of(FailureCode.UNAUTHENTICATED, "unknown API key");
    }
    if (!entry.roles.contains(role)) {
      return Failure.of(
          FailureCode.FORBIDDEN,
          "key '" + entry.name + "' lacks the role " + role.name().toLowerCase(Locale.ROOT));
    }
    return null;
  }

  @Override
  public String identity(String key) {
    Entry entry = key == null || key.isEmpty() ? null : find(key);
    return entry == null ? "" : entry.name;
  }

  private Entry find(String key) {
    if (key.length() > MAX_KEY) {
      return null;
    }
    byte[] presented = sha256(key);
    Entry found = null;
    for (Entry entry : entries) {
      if (same.test(entry.digest, presented)) {
        found = entry;
      }
    }
    return found;
  }

  private static byte[] digest(ApiKey key) {
    return key.secret().startsWith(ApiKey.DIGEST_PREFIX)
        ? HexFormat.of().parseHex(key.secret().substring(ApiKey.DIGEST_PREFIX.length()))
        : sha256(key.secret());
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
