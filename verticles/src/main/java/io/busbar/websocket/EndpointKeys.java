package io.busbar.websocket;

import io.busbar.failure.Failure;
import io.busbar.security.Access;
import io.busbar.security.ApiKey;
import io.busbar.security.ApiKeys;
import io.busbar.security.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The keys that one endpoint takes; all of them may do all there is to do. Thread-safe. */
public final class EndpointKeys {
  private final Access access;

  /**
   * @param name what they are called, with a number behind
   * @param keys empty = none is asked for
   */
  public EndpointKeys(String name, List<String> keys) {
    List<ApiKey> known = new ArrayList<>();
    for (String key : keys) {
      known.add(new ApiKey(name + "-" + (known.size() + 1), key, Set.of(Role.CALL)));
    }
    access = ApiKeys.of(known);
  }

  /** Null = the key is taken, or none is asked for. */
  public Failure refuses(String key) {
    return access.check(key, Role.CALL);
  }
}
