package io.busbar.websocket;

import io.busbar.failure.Failure;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.BinaryFrameException;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.ResultCheck;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The multipart form of a task (RFC 7578): a part {@code task} with the JSON, every other part a
 * tensor frame under its name. Tensors are views of the body.
 */
final class MultipartTask {
  private static final int MAX_HEADERS = 8192;
  private static final Pattern NAME =
      Pattern.compile(";\\s*name=(?:\"([^\"]*)\"|([^;\\s]+))", Pattern.CASE_INSENSITIVE);
  private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};

  private final byte[] body;
  private final byte[] delimiter;
  private final WorkersOptions options;
  private final Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
  private Map<String, Object> fields;

  private MultipartTask(byte[] body, String boundary, WorkersOptions options) {
    this.body = body;
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    this.options = options;
  }

  /**
   * @throws io.busbar.failure.FailureException UNPROCESSABLE naming the part
   */
  static TaskRequest read(Buffer body, String boundary, WorkersOptions options) {
    MultipartTask task = new MultipartTask(bytes(body), boundary, options);
    task.parts();
    if (task.fields == null) {
      throw TaskFault.at("part task", "missing");
    }
    return TaskRequest.of(task.fields, task.tensors, options);
  }

  /** The body itself where it is an array of its length, as one of an announced length is. */
  private static byte[] bytes(Buffer body) {
    ByteBuffer bytes = Buffers.bytes(body);
    boolean whole =
        bytes.hasArray() && bytes.arrayOffset() == 0 && bytes.array().length == body.length();
    return whole ? bytes.array() : body.getBytes();
  }

  private void parts() {
    // The first delimiter has no line break in front of it.
    int at = startsWith(0, 2) ? delimiter.length - 2 : after(find(delimiter, 0));
    while (!isLast(at)) {
      int headers = lineEnd(at);
      int start = find(BLANK_LINE, headers - 2);
      if (start < 0 || start - headers > MAX_HEADERS) {
        throw TaskFault.at("body", "a part without the end of its headers");
      }
      int content = start + BLANK_LINE.length;
      int end = find(delimiter, Math.max(content - 2, 0));
      if (end < 0) {
        throw TaskFault.at("body", "the last part has no end");
      }
      String head = new String(body, headers, Math.max(0, start - headers), StandardCharsets.UTF_8);
      part(name(head), content, Math.max(content, end));
      at = end + delimiter.length;
    }
  }

  private int after(int found) {
    if (found < 0) {
      throw TaskFault.at("body", "no part begins with the boundary of the content-type");
    }
    return found + delimiter.length;
  }

  private boolean isLast(int at) {
    return at + 1 < body.length && body[at] == '-' && body[at + 1] == '-';
  }

  private int lineEnd(int at) {
    int i = at;
    while (i < body.length && (body[i] == ' ' || body[i] == '\t')) {
      i++;
    }
    if (i + 1 >= body.length || body[i] != '\r' || body[i + 1] != '\n') {
      throw TaskFault.at("body", "a boundary is not followed by a line break");
    }
    return i + 2;
  }

  private static String name(String head) {
    for (String line : head.split("\r\n", -1)) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-disposition:")) {
        Matcher name = NAME.matcher(line);
        if (name.find()) {
          return name.group(1) != null ? name.group(1) : name.group(2);
        }
      }
    }
    throw TaskFault.at("body", "a part without a name");
  }

  private void part(String name, int start, int end) {
    if (name.equals("task")) {
      fields = task(new String(body, start, end - start, StandardCharsets.UTF_8));
      return;
    }
    TaskRequest.checkName(name);
    if (tensors.size() >= ResultCheck.MAX_MANIFEST) {
      throw TaskFault.at("tensors", "more than " + ResultCheck.MAX_MANIFEST + " parts");
    }
    try {
      tensors.put(name, BinaryFrame.decode(ByteBuffer.wrap(body, start, end - start)));
    } catch (BinaryFrameException e) {
      throw TaskFault.at("part " + name, e.getMessage());
    }
  }

  @SuppressWarnings("unchecked") // keys of a JSON object are strings
  private static Map<String, Object> task(String text) {
    Object task;
    try {
      task = JuniperJson.read(text);
    } catch (JsonException e) {
      throw TaskFault.at("part task", "no JSON: " + Failure.shorten(e.getMessage(), 200));
    }
    if (!(task instanceof Map<?, ?>)) {
      throw TaskFault.at("part task", "expected a JSON object");
    }
    return (Map<String, Object>) task;
  }

  private boolean startsWith(int at, int skip) {
    if (body.length - at < delimiter.length - skip) {
      return false;
    }
    for (int i = skip; i < delimiter.length; i++) {
      if (body[at + i - skip] != delimiter[i]) {
        return false;
      }
    }
    return true;
  }

  /** Looks at the last byte first, and skips as far as that allows. */
  private int find(byte[] what, int from) {
    int end = what.length - 1;
    int at = Math.max(0, from);
    while (at + end < body.length) {
      int i = end;
      while (i >= 0 && body[at + i] == what[i]) {
        i--;
      }
      if (i < 0) {
        return at;
      }
      at += skip(what, body[at + end]);
    }
    return -1;
  }

  /** How far the byte that stood last is from the end of the text. */
  private static int skip(byte[] what, byte last) {
    int end = what.length - 1;
    for (int i = end - 1; i >= 0; i--) {
      if (what[i] == last) {
        return end - i;
      }
    }
    return what.length;
  }
}
