package io.busbar.fnlb;

import io.busbar.fn.wire.CallFunction;
import io.busbar.fn.wire.CallJsonWriter;
import java.util.HashMap;
import java.util.Map;

/**
 * A function, ready to be called: what its calls say of it, and what routing rules compare.
 * Immutable.
 *
 * @param json writes the JSON of its calls
 * @param annotations those with a plain value, as text
 */
record FnFunction(CallJsonWriter json, Map<String, String> annotations) {

  static FnFunction of(CallFunction function) {
    Map<String, String> plain = new HashMap<>();
    function
        .annotations()
        .forEach(
            (key, value) -> {
              if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                plain.put(key, value.toString());
              }
            });
    return new FnFunction(new CallJsonWriter(function), Map.copyOf(plain));
  }

  CallFunction facts() {
    return json.function();
  }
}
