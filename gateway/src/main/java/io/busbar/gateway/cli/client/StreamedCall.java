package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;

/**
 * One call over HTTP/1.1 whose request goes out while the answer comes in. The caller's thread
 * writes the answer to the output, a thread of its own reads the input; neither holds more than a
 * few blocks.
 */
final class StreamedCall {
  private static final int BLOCK = 64 * 1024;
  private static final int AHEAD = 16;
  private static final String OCTETS = "application/octet-stream";

  private final URI base;
  private final ClientTls tls;
  private final String pool;
  private final Map<String, String> headers;
  private final OutputStream out;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(AHEAD + 8);
  private PrintWriter verbose;
  private boolean json;

  /** What happened on the connection, in order. */
  private sealed interface Event {
    record Head(HttpClientResponse response) implements Event {}

    record Data(Buffer bytes) implements Event {}

    record End() implements Event {}

    record Broken(Throwable cause, boolean connected) implements Event {}
  }

  /**
   * @param tls counts when the base is https
   * @param out takes the answer's body; flushed after each block
   */
  StreamedCall(
      URI base, ClientTls tls, String pool, Map<String, String> headers, OutputStream out) {
    this.base = base;
    this.tls = tls;
    this.pool = pool;
    this.headers = headers;
    this.out = out;
  }

  /** Shows status and headers there when they come, as lines or as one JSON object. */
  void tellHead(PrintWriter to, boolean asJson) {
    verbose = to;
    json = asJson;
  }

  /**
   * Runs the call to its end.
   *
   * @param length of the input, -1 = not known
   * @return {@link ExitCode#OK}, or {@link ExitCode#FAILED} when the worker answered with an error
   * @throws CliException when there was no whole answer
   */
  int run(InputStream input, long length) {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setWorkerPoolSize(1));
    try {
      HttpClientAgent client = vertx.createHttpClient(clientOptions());
      client
          .request(options())
          .onFailure(cause -> post(new Event.Broken(cause, false)))
          .onSuccess(request -> start(request, input, length));
      return receive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.FAILED, "interrupted");
    } finally {
      // Not waited for: the process ends with the command.
      vertx.close();
    }
  }

  private HttpClientOptions clientOptions() {
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout(5000)
            .setSsl("https".equals(base.getScheme()))
            .setDecompressionSupported(false);
    tls.into(options);
    return options;
  }

  private RequestOptions options() {
    int port = base.getPort();
    if (port < 0) {
      port = "https".equals(base.getScheme()) ? 443 : 80;
    }
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(base.getHost())
            .setPort(port)
            .setURI(base.getRawPath() + "/v1/pools/" + GatewayClient.segment(pool) + "/calls");
    headers.forEach(options::addHeader);
    return options;
  }

  // ---- on the connection's event loop ----

  private void start(HttpClientRequest request, InputStream input, long length) {
    if (length >= 0) {
      request.putHeader("Content-Length", Long.toString(length));
    } else {
      request.setChunked(true);
    }
    if (!request.headers().contains("Content-Type")) {
      request.putHeader("Content-Type", OCTETS);
    }
    request
        .response()
        .onFailure(cause -> post(new Event.Broken(cause, true)))
        .onSuccess(this::answered);
    Thread reader = new Thread(() -> new Upload(request, input).run(), "busbar-call-input");
    reader.setDaemon(true);
    reader.start();
  }

  private void answered(HttpClientResponse response) {
    response.pause();
    response.handler(data -> post(new Event.Data(data)));
    response.exceptionHandler(cause -> post(new Event.Broken(cause, true)));
    response.endHandler(v -> post(new Event.End()));
    post(new Event.Head(response));
    response.fetch(AHEAD);
  }

  private void post(Event event) {
    // The answer is fetched block by block as they are taken: there is room for the rest.
    if (!events.offer(event)) {
      throw new IllegalStateException("more was received than asked for");
    }
  }

  // ---- on the caller's thread ----

  private int receive() throws InterruptedException {
    HttpClientResponse response = null;
    StringBuilder problem = null;
    while (true) {
      Event event = events.take();
      if (event instanceof Event.Head head) {
        response = head.response();
        tell(response);
        boolean mayBeProblem =
            String.valueOf(response.getHeader("Content-Type"))
                .startsWith(GatewayProblem.MEDIA_TYPE);
        problem = mayBeProblem ? new StringBuilder() : null;
      } else if (event instanceof Event.Data data) {
        if (problem != null && problem.length() < BLOCK) {
          problem.append(data.bytes());
        } else if (problem == null) {
          write(data.bytes());
        }
        response.fetch(1);
      } else if (event instanceof Event.Broken broken) {
        throw broken(broken, response);
      } else {
        return ended(response, problem);
      }
    }
  }

  private int ended(HttpClientResponse response, StringBuilder problem) {
    if (problem != null) {
      GatewayProblem told = GatewayProblem.read(response.statusCode(), problem.toString());
      if (told != null) {
        throw told.toException();
      }
      write(Buffer.buffer(problem.toString()));
    }
    return response.statusCode() < 400 ? ExitCode.OK : ExitCode.FAILED;
  }

  private CliException broken(Event.Broken broken, HttpClientResponse response) {
    if (!broken.connected()) {
      return GatewayClient.unreachable(base, broken.cause());
    }
    String id = response == null ? null : response.getHeader("Busbar-Call-Id");
    return new CliException(
        ExitCode.FAILED,
        (response == null
                ? "the connection broke before an answer"
                : "the answer broke off before its end")
            + (id == null ? "" : " (call " + id + ")")
            + ": "
            + broken.cause().getMessage());
  }

  private void tell(HttpClientResponse response) {
    if (verbose == null) {
      return;
    }
    if (json) {
      JsonObject headers = new JsonObject();
      response.headers().forEach((name, value) -> headers.put(name, value));
      note(new JsonObject().put("status", response.statusCode()).put("headers", headers).encode());
    } else {
      note("HTTP " + response.statusCode());
      response.headers().forEach((name, value) -> note(name + ": " + value));
    }
  }

  private void note(String what) {
    if (verbose != null) {
      verbose.println(what);
      verbose.flush();
    }
  }

  private void write(Buffer data) {
    try {
      out.write(data.getBytes());
      out.flush();
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILED, "the answer cannot be written: " + e.getMessage());
    }
  }

  /** Reads the input on a thread of its own, since reading may wait, and passes it on. */
  private final class Upload implements Runnable {
    private final HttpClientRequest request;
    private final InputStream input;

    Upload(HttpClientRequest request, InputStream input) {
      this.request = request;
      this.input = input;
    }

    @Override
    public void run() {
      byte[] block = new byte[BLOCK];
      try {
        for (int n = input.read(block); n >= 0; n = input.read(block)) {
          // Each block waits for the one before to be on its way: no queue grows.
          request
              .write(Buffer.buffer().appendBytes(block, 0, n))
              .toCompletionStage()
              .toCompletableFuture()
              .get();
        }
        request.end();
      } catch (IOException e) {
        request.reset();
        post(new Event.Broken(e, true));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | IllegalStateException e) {
        // The exchange is over before the input is. Whether that is an error, the answer tells.
        note("the body was not sent to its end: " + e.getMessage());
      }
    }
  }
}
