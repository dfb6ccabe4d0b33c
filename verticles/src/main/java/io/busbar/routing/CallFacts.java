package io.busbar.routing;

import io.busbar.bus.v1.Header;
import java.util.List;
import java.util.Map;

/**
 * What the gateway needs to know of a call; read from {@code models_call_json}, which itself
 * travels on unchanged.
 *
 * @param timeoutSeconds from slot to end; 0 or less is no time at all
 * @param headers one entry per value
 * @param annotations the values that routing rules ask for, objects and lists left out
 */
public record CallFacts(
    String id,
    String image,
    String type,
    String method,
    String url,
    int timeoutSeconds,
    String fnId,
    String appId,
    String appName,
    List<Header> headers,
    Map<String, String> annotations) {

  public static final String DETACHED = "detached";

  public boolean detached() {
    return DETACHED.equals(type);
  }

  /** First value of a header, null = none. */
  public String header(String name) {
    for (Header header : headers) {
      if (header.getName().equalsIgnoreCase(name)) {
        return header.getValue();
      }
    }
    return null;
  }
}
