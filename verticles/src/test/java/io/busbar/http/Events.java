package io.busbar.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Server-sent events of one connection, read one by one. */
final class Events implements AutoCloseable {
  final HttpResponse<InputStream> response;
  private final BufferedReader lines;

  /**
   * One event.
   *
   * @param name "message" when it had none
   */
  record Event(String name, String id, String data) {
    @Override
    public String toString() {
      return name.equals("message") ? data : name + " " + data;
    }

    /** Its offset; it must have an id. */
    long offset() {
      return Long.parseLong(id.substring(id.indexOf(':') + 1));
    }
  }

  Events(HttpResponse<InputStream> response) {
    this.response = response;
    this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  /** Waits for the next event; null = there is none any more. */
  Event next() throws IOException {
    String name = "message";
    String id = "";
    StringBuilder data = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("event: ")) {
        name = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data.append(data.length() == 0 ? "" : "\n").append(line.substring(6));
      } else if (line.isEmpty() && data.length() > 0) {
        return new Event(name, id, data.toString());
      }
    }
    return null;
  }

  /** The next one of that name. */
  Event await(String name) throws IOException {
    Event event = next();
    while (event != null && !event.name().equals(name)) {
      event = next();
    }
    if (event == null) {
      throw new AssertionError("the stream ended without " + name);
    }
    return event;
  }

  @Override
  public void close() throws IOException {
    response.body().close();
  }
}
