package io.busbar.websocket;

import com.fasterxml.jackson.core.JsonGenerator;
import io.busbar.bus.Lane;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.JuniperJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/**
 * An accepted result as the caller gets it.
 *
 * @param contentType JSON, or multipart with a part {@code result} and a tensor frame per part
 */
record TaskAnswer(String contentType, Buffer body) {

  /** Off the event loop when it is large. */
  static Future<TaskAnswer> encode(Lane lane, TaskForm form, ResultIntake result) {
    long size = 0;
    for (BinaryFrame tensor : result.tensors().values()) {
      size += tensor.size();
    }
    return TaskReading.run(
        lane,
        (int) Math.min(Integer.MAX_VALUE, size),
        () -> form.multipartAnswer() ? multipart(result) : json(result));
  }

  static TaskAnswer json(ResultIntake result) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JuniperJson.factory().createGenerator(bytes)) {
      out.writeStartObject();
      fields(out, result);
      out.writeObjectFieldStart("tensors");
      for (Map.Entry<String, BinaryFrame> entry : result.tensors().entrySet()) {
        tensor(out, entry.getKey(), entry.getValue());
      }
      out.writeEndObject();
      out.writeEndObject();
    }
    return new TaskAnswer("application/json", Buffer.buffer(bytes.toByteArray()));
  }

  /** The worker's own words, without what only concerns the socket. */
  private static void fields(JsonGenerator out, ResultIntake result) throws IOException {
    for (Map.Entry<String, Object> field : result.header().entrySet()) {
      if (!field.getKey().equals("type") && !field.getKey().equals("tensor_manifest")) {
        out.writeFieldName(field.getKey());
        JuniperJson.write(out, field.getValue());
      }
    }
  }

  private static void tensor(JsonGenerator out, String name, BinaryFrame tensor)
      throws IOException {
    byte[] elements = new byte[tensor.data().remaining()];
    tensor.data().get(elements);
    out.writeObjectFieldStart(name);
    out.writeStringField("dtype", tensor.type().wireName());
    out.writeFieldName("shape");
    JuniperJson.write(out, tensor.shape());
    out.writeBinaryField("data", elements);
    out.writeEndObject();
  }

  static TaskAnswer multipart(ResultIntake result) throws IOException {
    String boundary = "busbar-" + UUID.randomUUID();
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    try (JsonGenerator out = JuniperJson.factory().createGenerator(header)) {
      out.writeStartObject();
      fields(out, result);
      out.writeEndObject();
    }
    Buffer body = Buffer.buffer();
    part(body, boundary, "result", "application/json");
    body.appendBytes(header.toByteArray());
    for (Map.Entry<String, BinaryFrame> entry : result.tensors().entrySet()) {
      body.appendString("\r\n");
      part(body, boundary, entry.getKey(), "application/octet-stream");
      ByteBuffer frame = entry.getValue().encode();
      body.appendBytes(frame.array(), frame.arrayOffset(), frame.remaining());
    }
    body.appendString("\r\n--" + boundary + "--\r\n");
    return new TaskAnswer("multipart/mixed; boundary=" + boundary, body);
  }

  private static void part(Buffer body, String boundary, String name, String type) {
    String shown = name.replaceAll("[\\p{Cntrl}\"\\\\]", "_");
    String head =
        "--"
            + boundary
            + "\r\ncontent-disposition: form-data; name=\""
            + shown
            + "\"\r\ncontent-type: "
            + type
            + "\r\n\r\n";
    body.appendBytes(head.getBytes(StandardCharsets.UTF_8));
  }
}
