package io.busbar.gateway.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.busbar.testing.FreePorts;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One call from the command line against a server that the test plays. */
class StreamedCallTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private AnsweringPort port;

  @AfterEach
  void close() throws Exception {
    if (port != null) {
      port.close();
    }
  }

  private URI serve(Handler<HttpServerRequest> handler) throws Exception {
    port = new AnsweringPort(handler);
    return URI.create(port.url());
  }

  private int call(URI base, byte[] body) {
    return new StreamedCall(base, ClientTls.PLAIN, "echo", Map.of("X-Api-Key", "k"), out)
        .run(new ByteArrayInputStream(body), body.length);
  }

  @Test
  void theAnswerIsWrittenWhole() throws Exception {
    byte[] body = new byte[8 * 1024 * 1024];
    new Random(3).nextBytes(body);
    URI base =
        serve(
            request -> {
              assertEquals("/v1/pools/echo/calls", request.path());
              assertEquals("k", request.getHeader("x-api-key"));
              request.response().setChunked(true);
              request.pipeTo(request.response());
            });

    assertEquals(ExitCode.OK, call(base, body));
    assertArrayEquals(body, out.toByteArray());
  }

  @Test
  void theAnswerIsWrittenWhileTheInputIsStillOpen() throws Exception {
    URI base =
        serve(
            request -> {
              request.response().setChunked(true);
              request.pipeTo(request.response());
            });
    CompletableFuture<Void> first = new CompletableFuture<>();
    OutputStream watched =
        new OutputStream() {
          @Override
          public void write(int b) {
            out.write(b);
            first.complete(null);
          }
        };
    try (PipedOutputStream typed = new PipedOutputStream();
        InputStream input = new PipedInputStream(typed)) {
      StreamedCall call = new StreamedCall(base, ClientTls.PLAIN, "echo", Map.of(), watched);
      CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> call.run(input, -1));
      typed.write("one ".getBytes(UTF_8));
      typed.flush();
      first.get(30, TimeUnit.SECONDS);
      typed.write("two".getBytes(UTF_8));
      typed.close();
      assertEquals(ExitCode.OK, code.get(30, TimeUnit.SECONDS));
    }
    assertEquals("one two", out.toString(UTF_8));
  }

  @Test
  void anAnswerThatBreaksOffIsAFailure() throws Exception {
    URI base =
        serve(
            request -> {
              request.response().putHeader("Busbar-Call-Id", "ID").setChunked(true);
              request.response().write("part").onComplete(v -> request.connection().close());
            });

    CliException thrown = assertThrows(CliException.class, () -> call(base, new byte[0]));
    assertEquals(ExitCode.FAILED, thrown.exitCode());
    assertTrue(thrown.getMessage().contains("broke off"), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("ID"), thrown.getMessage());
  }

  @Test
  void aLengthThatIsNotReachedIsAFailure() throws Exception {
    URI base =
        serve(
            request -> {
              request.response().putHeader("Content-Length", "100");
              request.response().write("part").onComplete(v -> request.connection().close());
            });

    CliException thrown = assertThrows(CliException.class, () -> call(base, new byte[0]));
    assertEquals(ExitCode.FAILED, thrown.exitCode());
  }

  @ParameterizedTest
  @EnumSource(FailureCode.class)
  void everyProblemHasItsExitCode(FailureCode code) throws Exception {
    Failure failure = Failure.of(code, "why");
    URI base =
        serve(
            request ->
                request
                    .response()
                    .setStatusCode(failure.httpStatus())
                    .putHeader("Content-Type", "application/problem+json")
                    .end(
                        new JsonObject()
                            .put("type", "urn:busbar:problem:x")
                            .put("code", code.wireName())
                            .put("detail", "why")
                            .put("retryable", failure.retrySafe())
                            .encode()));

    CliException thrown = assertThrows(CliException.class, () -> call(base, new byte[0]));
    assertEquals(failure.retrySafe() ? ExitCode.RETRY : ExitCode.FAILED, thrown.exitCode());
    assertEquals(code.wireName() + ": why", thrown.getMessage());
    assertEquals(0, out.size());
  }

  @Test
  void anErrorOfTheWorkerIsShownAndFails() throws Exception {
    URI base = serve(request -> request.response().setStatusCode(422).end("bad picture"));

    assertEquals(ExitCode.FAILED, call(base, new byte[0]));
    assertEquals("bad picture", out.toString(UTF_8));
  }

  @Test
  void noGatewayIsItsOwnExitCode() throws Exception {
    URI base = URI.create("http://127.0.0.1:" + FreePorts.one());

    CliException thrown = assertThrows(CliException.class, () -> call(base, new byte[0]));
    assertEquals(ExitCode.UNREACHABLE, thrown.exitCode());
  }

  @Test
  void theHeadIsToldOnRequest() throws Exception {
    URI base = serve(request -> request.response().putHeader("Busbar-Worker", "w1").end("x"));
    StringWriter told = new StringWriter();
    StreamedCall call = new StreamedCall(base, ClientTls.PLAIN, "echo", Map.of(), out);
    call.tellHead(new PrintWriter(told), false);
    call.run(InputStream.nullInputStream(), 0);

    assertTrue(told.toString().contains("HTTP 200"), told.toString());
    assertTrue(told.toString().contains("Busbar-Worker: w1"), told.toString());
  }
}
