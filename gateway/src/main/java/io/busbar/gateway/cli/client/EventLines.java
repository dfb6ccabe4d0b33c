package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Reads server-sent events until the stream breaks or its reader has had enough. */
final class EventLines {
  private final Reader reader;

  EventLines(Reader reader) {
    this.reader = reader;
  }

  /** Told of one event. */
  @FunctionalInterface
  interface Reader {
    /** Exit code with which to end, null = go on. */
    Integer told(String event, String id, String data);
  }

  /** The reader's exit code. */
  int read(HttpResponse<InputStream> answer) {
    try (InputStream in = answer.body()) {
      if (answer.statusCode() != 200) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        GatewayProblem problem = GatewayProblem.read(answer.statusCode(), text);
        throw problem != null
            ? problem.toException()
            : new CliException(ExitCode.FAILED, "status " + answer.statusCode());
      }
      return follow(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new CliException(ExitCode.RETRY, "the stream broke: " + e.getMessage());
    }
  }

  private int follow(BufferedReader lines) throws IOException {
    String id = "";
    String event = "message";
    StringBuilder data = new StringBuilder();
    String line = lines.readLine();
    while (line != null) {
      if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("event: ")) {
        event = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data.append(data.length() == 0 ? "" : "\n").append(line.substring(6));
      } else if (line.isEmpty() && data.length() > 0) {
        Integer end = reader.told(event, id, data.toString());
        if (end != null) {
          return end;
        }
        event = "message";
        data.setLength(0);
      }
      line = lines.readLine();
    }
    throw new CliException(ExitCode.RETRY, "the gateway ended the stream");
  }
}
