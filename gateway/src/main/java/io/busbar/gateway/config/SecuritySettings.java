package io.busbar.gateway.config;

import io.busbar.security.ApiKey;
import io.busbar.security.Role;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code security.api-keys}; TLS stands with each {@link FrontSettings}.
 *
 * @param apiKeys empty = no key is asked for
 */
public record SecuritySettings(List<ApiKey> apiKeys) {
  static SecuritySettings of(Config c) {
    return new SecuritySettings(
        c.list("security.api-keys", Map.class).stream().map(SecuritySettings::key).toList());
  }

  private static ApiKey key(Map<?, ?> entry) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (Object role : (List<?>) entry.get("roles")) {
      roles.add(Role.valueOf(role.toString().toUpperCase(Locale.ROOT)));
    }
    return new ApiKey((String) entry.get("name"), (String) entry.get("key"), roles);
  }
}
