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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * An accepted result as the caller gets it.
 *
 * @param contentType JSON, or multipart with a part {@code result} and a tensor frame per part
 * @param pieces of the body, in order; elements of tensors are those that came, not copied
 */
record TaskAnswer(String contentType, List<Buffer> pieces) {

  /** Bytes of the body. */
  long length() {
    return pieces.stream().mapToLong(Buffer::length).sum();
  }

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
    return new TaskAnswer(
        "application/json", List.of(Buffers.buffer(ByteBuffer.wrap(bytes.toByteArray()))));
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
    List<Buffer> pieces = new ArrayList<>();
    Buffer between = Buffer.buffer();
    part(between, boundary, "result", "application/json");
    between.appendBytes(header.toByteArray());
    for (Map.Entry<String, BinaryFrame> entry : result.tensors().entrySet()) {
      between.appendString("\r\n");
      part(between, boundary, entry.getKey(), "application/octet-stream");
      between.appendBuffer(Buffers.buffer(entry.getValue().header()));
      pieces.add(between);
      if (entry.getValue().data().hasRemaining()) {
        pieces.add(Buffers.buffer(entry.getValue().data()));
      }
      between = Buffer.buffer();
    }
    pieces.add(between.appendString("\r\n--" + boundary + "--\r\n"));
    return new TaskAnswer("multipart/mixed; boundary=" + boundary, pieces);
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
