package io.busbar.http;

import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Every route of the HTTP API; the OpenAPI document and the labels of meters name the same. */
enum Route {
  CALL(HttpMethod.POST, ProblemSurface.CALLS_ROUTE),
  CALL_STATE(HttpMethod.GET, "/v1/calls/{id}"),
  CALL_CANCEL(HttpMethod.DELETE, "/v1/calls/{id}"),
  POOLS(HttpMethod.GET, "/v1/pools"),
  RUNNERS(HttpMethod.GET, "/v1/pools/{pool}/runners"),
  RUNNER_ADD(HttpMethod.POST, "/v1/pools/{pool}/runners"),
  RUNNER_REMOVE(HttpMethod.DELETE, "/v1/pools/{pool}/runners/{address}"),
  WORKERS(HttpMethod.GET, "/v1/workers"),
  WORKER(HttpMethod.GET, "/v1/workers/{id}"),
  WORKER_DRAIN(HttpMethod.POST, "/v1/workers/{id}/drain"),
  WORKER_RESUME(HttpMethod.POST, "/v1/workers/{id}/resume"),
  NODES(HttpMethod.GET, "/v1/nodes"),
  NODE(HttpMethod.GET, "/v1/nodes/{name}"),
  NODE_DRAIN(HttpMethod.POST, "/v1/nodes/{name}/drain"),
  CHANNELS(HttpMethod.GET, "/v1/channels"),
  CHANNEL(HttpMethod.GET, "/v1/channels/{name}"),
  CHANNEL_APPEND(HttpMethod.POST, "/v1/channels/{name}/frames"),
  CHANNEL_FRAMES(HttpMethod.GET, "/v1/channels/{name}/frames"),
  CHANNEL_SNAPSHOT(HttpMethod.GET, "/v1/channels/{name}/snapshot"),
  CHANNEL_STORE(HttpMethod.PUT, "/v1/channels/{name}/snapshot"),
  COMMAND(HttpMethod.POST, "/v1/commands/{target}"),
  COMMANDS(HttpMethod.GET, "/v1/commands"),
  TRAINING_STATUS(HttpMethod.GET, "/v1/training/status"),
  TRANSPORT(HttpMethod.GET, "/v1/metrics/transport"),
  OWNERS_WATCH(HttpMethod.GET, "/v1/owners/watch"),
  OWNERS(HttpMethod.GET, "/v1/owners"),
  OWNER(HttpMethod.GET, "/v1/owners/{key}"),
  OWNER_PUT(HttpMethod.PUT, "/v1/owners/{key}"),
  OWNER_RELEASE(HttpMethod.DELETE, "/v1/owners/{key}"),
  OPENAPI(HttpMethod.GET, "/openapi.json"),
  ASYNCAPI(HttpMethod.GET, "/asyncapi.json");

  /** Label of requests that meet no route. */
  static final String NONE = "none";

  private final String method;
  private final String template;

  Route(HttpMethod method, String template) {
    this.method = method.name();
    this.template = template;
  }

  HttpMethod method() {
    return HttpMethod.valueOf(method);
  }

  String template() {
    return template;
  }

  /** The template as the router writes it. */
  String routerPath() {
    return template.replace("{", ":").replace("}", "");
  }

  static List<String> templates() {
    return Arrays.stream(values()).map(Route::template).distinct().toList();
  }

  /** What is allowed on a template, for Allow. */
  static String allowed(String template) {
    String methods =
        Arrays.stream(values())
            .filter(r -> r.template.equals(template))
            .map(r -> r.method.equals("GET") ? "GET, HEAD" : r.method)
            .collect(Collectors.joining(", "));
    return methods + ", OPTIONS";
  }
}
