package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.channel.ChannelCatalog;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may publish, follow and send commands. */
class ChannelAccessTest {
  private static ChannelStage stage;

  @BeforeAll
  static void open() throws Exception {
    stage =
        new ChannelStage(
            ChannelCatalog.DEFAULTS,
            (key, role) ->
                role.toString().equals(key)
                    ? null
                    : Failure.of(
                        key == null ? FailureCode.UNAUTHENTICATED : FailureCode.FORBIDDEN, "no"));
  }

  @AfterAll
  static void close() throws Exception {
    stage.close();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, channels/x/frames, , 401",
    "POST, channels/x/frames, SUBSCRIBE, 403",
    "POST, channels/x/frames, PUBLISH, 200",
    "POST, channels/busbar.ownership/frames, PUBLISH, 403",
    "GET, channels/x/frames?limit=1, PUBLISH, 403",
    "GET, channels/x/frames?after=0, , 401",
    "GET, channels/x/frames?after=0, PUBLISH, 403",
    "HEAD, channels/x/frames, SUBSCRIBE, 200",
    "POST, commands/x, PUBLISH, 403",
    "POST, commands/x, COMMAND, 404",
  })
  void theRoleDecides(String method, String path, String key, int status) throws Exception {
    HttpRequest.Builder request =
        stage
            .request("/v1/" + path)
            .method(method, HttpRequest.BodyPublishers.ofString("{\"name\":\"x\"}"));
    if (key != null) {
      request.header("x-api-key", key);
    }
    HttpResponse<String> answer = stage.send(request);

    assertEquals(status, answer.statusCode(), answer.body());
  }
}
