package io.busbar.gateway.cli.client;

import io.busbar.failure.Failure;
import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Asks a gateway for JSON documents; waits for them. Every failure is a {@link CliException}. */
final class GatewayClient {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final URI base;
  private final String apiKey;
  private final HttpClient http;

  private GatewayClient(URI base, String apiKey, HttpClient http) {
    this.base = base;
    this.apiKey = apiKey;
    this.http = http;
  }

  /** The same client of another node. */
  GatewayClient at(URI other) {
    return new GatewayClient(other, apiKey, http);
  }

  GatewayClient(GatewayOptions options) {
    this.base = options.uri();
    this.apiKey = options.apiKey();
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5));
    SSLContext tls = options.tls().context();
    this.http = (tls == null ? builder : builder.sslContext(tls)).build();
  }

  JsonObject get(String path) {
    return send("GET", path);
  }

  JsonObject post(String path) {
    return send("POST", path);
  }

  /**
   * Sends a body.
   *
   * @param headers name, value, name, value …
   * @param patience beyond which nobody waits for the answer
   */
  JsonObject post(
      String path, HttpRequest.BodyPublisher body, Duration patience, List<String> headers) {
    return send("POST", path, body, patience, headers);
  }

  /** As {@link #post}; the answer's document as it came. */
  String postText(
      String path, HttpRequest.BodyPublisher body, Duration patience, List<String> headers) {
    HttpResponse<String> answer = exchange("POST", path, body, patience, headers);
    read(answer);
    return answer.body();
  }

  /**
   * Puts a document.
   *
   * @param headers name, value, name, value …
   */
  JsonObject put(String path, JsonObject body, List<String> headers) {
    return send("PUT", path, HttpRequest.BodyPublishers.ofString(body.encode()), PATIENCE, headers);
  }

  /** Puts a body, as {@link #post} does. */
  JsonObject put(
      String path, HttpRequest.BodyPublisher body, Duration patience, List<String> headers) {
    return send("PUT", path, body, patience, headers);
  }

  JsonObject delete(String path, List<String> headers) {
    return send("DELETE", path, HttpRequest.BodyPublishers.noBody(), PATIENCE, headers);
  }

  /** Null = there is no such thing. */
  JsonObject postIfThere(String path, Duration patience) {
    HttpResponse<String> answer =
        exchange("POST", path, HttpRequest.BodyPublishers.noBody(), patience, List.of());
    return answer.statusCode() == 404 ? null : read(answer);
  }

  /** An answer that comes line by line; whoever reads it closes it. */
  HttpResponse<InputStream> stream(String path, List<String> headers) {
    HttpRequest.Builder request = request(path, headers).GET();
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw unreachable(base, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.FAILED, "interrupted");
    }
  }

  private HttpRequest.Builder request(String path, List<String> headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    if (apiKey != null) {
      request.header("X-Api-Key", apiKey);
    }
    for (int i = 0; i + 1 < headers.size(); i += 2) {
      request.header(headers.get(i), headers.get(i + 1));
    }
    return request;
  }

  /** A value from outside as one segment of a path. */
  static String segment(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonObject send(String method, String path) {
    return send(method, path, HttpRequest.BodyPublishers.noBody(), PATIENCE, List.of());
  }

  private JsonObject send(
      String method,
      String path,
      HttpRequest.BodyPublisher body,
      Duration patience,
      List<String> headers) {
    return read(exchange(method, path, body, patience, headers));
  }

  private HttpResponse<String> exchange(
      String method,
      String path,
      HttpRequest.BodyPublisher body,
      Duration patience,
      List<String> headers) {
    HttpRequest.Builder request = request(path, headers).timeout(patience).method(method, body);
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw unreachable(base, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.FAILED, "interrupted");
    }
  }

  private JsonObject read(HttpResponse<String> response) {
    GatewayProblem problem = GatewayProblem.read(response.statusCode(), response.body());
    if (problem != null) {
      throw problem.toException();
    }
    try {
      if (response.statusCode() < 300) {
        return new JsonObject(response.body());
      }
    } catch (DecodeException e) {
      // Told below, as any other answer that no gateway gives.
      return notAGateway(response);
    }
    return notAGateway(response);
  }

  private JsonObject notAGateway(HttpResponse<String> response) {
    throw new CliException(
        ExitCode.FAILED,
        base
            + " answered "
            + response.statusCode()
            + " and no document of a gateway: "
            + Failure.shorten(response.body().strip(), 80));
  }

  /** One text for one trouble, whichever client met it. */
  static CliException unreachable(URI base, Throwable cause) {
    return new CliException(
        ExitCode.UNREACHABLE,
        "no gateway at " + base + ": " + why(base, cause) + ClientTls.advice(cause));
  }

  private static String why(URI base, Throwable failure) {
    Throwable last = failure;
    boolean refused = false;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      last = t;
      refused |= t instanceof ConnectException;
      if (t instanceof HttpConnectTimeoutException || t instanceof ConnectTimeoutException) {
        return "no connection in 5 s";
      }
      if (t instanceof UnresolvedAddressException || t instanceof UnknownHostException) {
        return "the host " + base.getHost() + " is not known";
      }
    }
    if (refused) {
      return "the connection is refused";
    }
    String message = last.getMessage() == null ? "" : last.getMessage();
    return message.lines().findFirst().orElse(last.getClass().getSimpleName());
  }
}
