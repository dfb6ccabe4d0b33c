package io.busbar.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApiKeysTest {

  private final Access access =
      ApiKeys.of(
          List.of(
              new ApiKey("caller", "plain-secret-1", Set.of(Role.CALL)),
              new ApiKey(
                  "admin", "sha256:" + hex("plain-secret-2"), Set.of(Role.CALL, Role.OPERATE))));

  private static String hex(String text) {
    try {
      return java.util.HexFormat.of()
          .formatHex(
              java.security.MessageDigest.getInstance("SHA-256")
                  .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noKeysMeansOpen() {
    assertSame(Access.OPEN, ApiKeys.of(List.of()));
    assertNull(Access.OPEN.check(null, Role.OPERATE));
  }

  @Test
  void aPlainKeyIsAccepted() {
    assertNull(access.check("plain-secret-1", Role.CALL));
  }

  @Test
  void aKeyGivenAsDigestIsAccepted() {
    assertNull(access.check("plain-secret-2", Role.OPERATE));
  }

  @Test
  void theDigestItselfIsNotAKey() {
    assertEquals(
        FailureCode.UNAUTHENTICATED,
        access.check("sha256:" + hex("plain-secret-2"), Role.CALL).code());
    assertEquals(
        FailureCode.UNAUTHENTICATED, access.check(hex("plain-secret-2"), Role.CALL).code());
  }

  @Test
  void noKeyIsUnauthenticated() {
    assertEquals(FailureCode.UNAUTHENTICATED, access.check(null, Role.CALL).code());
    assertEquals(FailureCode.UNAUTHENTICATED, access.check("", Role.CALL).code());
  }

  @Test
  void anUnknownKeyIsUnauthenticatedAndNotRepeated() {
    Failure failure = access.check("wrong-secret-9", Role.CALL);
    assertEquals(FailureCode.UNAUTHENTICATED, failure.code());
    assertFalse(failure.detail().contains("wrong-secret-9"));
  }

  @Test
  void aHugeKeyIsUnknown() {
    assertEquals(FailureCode.UNAUTHENTICATED, access.check("x".repeat(1 << 20), Role.CALL).code());
  }

  @Test
  void aMissingRoleIsForbiddenAndNamesKeyAndRole() {
    Failure failure = access.check("plain-secret-1", Role.OPERATE);
    assertEquals(FailureCode.FORBIDDEN, failure.code());
    assertEquals("key 'caller' lacks the role operate", failure.detail());
  }

  @Test
  void theOwnerIsKnownByName() {
    assertEquals("admin", access.identity("plain-secret-2"));
    assertEquals("", access.identity("wrong-secret-9"));
    assertEquals("", access.identity(null));
  }

  @Test
  void aKeyNeverPrintsItsSecret() {
    assertFalse(
        new ApiKey("a", "plain-secret-1", Set.of(Role.CALL)).toString().contains("plain-secret-1"));
  }

  @Test
  void aShortDigestIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new ApiKey("a", "sha256:abc", Set.of(Role.CALL)));
  }

  /** The comparison itself is the runtime's: {@link java.security.MessageDigest#isEqual}. */
  @Test
  void everyKnownDigestIsComparedWhicheverIsPresented() {
    List<Integer> lengths = new ArrayList<>();
    Access watched =
        new ApiKeys(
            List.of(
                new ApiKey("plain", "plain-secret-1", Set.of(Role.CALL)),
                new ApiKey("hashed", "sha256:" + hex("plain-secret-2"), Set.of(Role.CALL)),
                new ApiKey("last", "plain-secret-3", Set.of(Role.CALL))),
            (known, presented) -> {
              lengths.add(known.length);
              lengths.add(presented.length);
              return ApiKeys.CONSTANT_TIME.test(known, presented);
            });
    List<String> presented =
        List.of("plain-secret-1", "plain-secret-2", "plain-secret-3", "plain-secret-", "x");
    for (String key : presented) {
      lengths.clear();
      watched.check(key, Role.CALL);
      assertEquals(Collections.nCopies(6, 32), lengths, key);
    }
  }
}
