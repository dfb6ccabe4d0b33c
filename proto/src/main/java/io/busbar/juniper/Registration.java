package io.busbar.juniper;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a worker says of itself.
 *
 * @param clientName its own name for itself; not unique
 * @param capabilities free
 */
public record Registration(String clientName, Map<String, Object> capabilities) {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}");

  /** Everything that is wrong with the fields of a register message; empty = nothing. */
  public static List<String> faults(Map<String, Object> message) {
    List<String> faults = new ArrayList<>();
    if (!message.containsKey("worker_id")) {
      faults.add("Missing required field: worker_id");
    } else if (!(message.get("worker_id") instanceof String id) || !NAME.matcher(id).matches()) {
      faults.add("Invalid worker_id: expected 1 to 64 letters, digits, dashes and underscores");
    }
    if (!message.containsKey("capabilities")) {
      faults.add("Missing required field: capabilities");
    } else if (!(message.get("capabilities") instanceof Map<?, ?>)) {
      faults.add("Invalid capabilities: expected an object");
    }
    return faults;
  }

  /** Of a message without faults. */
  public static Registration of(Map<String, Object> message) {
    return new Registration(
        (String) message.get("worker_id"), Envelopes.asObject(message.get("capabilities")));
  }
}
