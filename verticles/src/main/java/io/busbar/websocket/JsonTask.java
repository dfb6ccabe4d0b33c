package io.busbar.websocket;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.busbar.failure.Failure;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON form of a task, read as a stream so that number arrays never become objects. */
final class JsonTask {

  private JsonTask() {}

  /**
   * @throws io.busbar.failure.FailureException UNPROCESSABLE naming the field
   */
  static TaskRequest read(BodyBytes body, WorkersOptions options) {
    Map<String, Object> fields = new LinkedHashMap<>();
    Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
    try (JsonParser in = JuniperJson.factory().createParser(body.array(), 0, body.length())) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw TaskFault.at("body", "expected a JSON object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        if (name.equals("tensors")) {
          tensors.clear();
          tensors(in, tensors, options);
        } else {
          fields.put(name, JuniperJson.read(in));
        }
      }
      if (in.nextToken() != null) {
        throw TaskFault.at("body", "more than one JSON value");
      }
    } catch (JsonException e) {
      throw TaskFault.at("body", Failure.shorten(e.getMessage(), 200));
    } catch (JsonProcessingException e) {
      throw TaskFault.at(
          "body", "no JSON: " + Failure.shorten(String.valueOf(e.getOriginalMessage()), 200));
    } catch (IOException e) {
      throw TaskFault.at("body", "unreadable: " + e.getMessage());
    }
    return TaskRequest.of(fields, tensors, options);
  }

  private static void tensors(
      JsonParser in, Map<String, BinaryFrame> tensors, WorkersOptions options) throws IOException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw TaskFault.at("tensors", "expected an object");
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = TaskRequest.checkName(in.currentName());
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw TaskFault.at("tensors." + name, "expected an object of dtype, shape and data");
      }
      tensors.put(name, tensor(in, "tensors." + name, options));
    }
  }

  private static BinaryFrame tensor(JsonParser in, String field, WorkersOptions options)
      throws IOException {
    JsonTensor tensor = new JsonTensor(field, options.maxTensor());
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String key = in.currentName();
      in.nextToken();
      switch (key) {
        case "dtype" -> tensor.dtype(JuniperJson.read(in));
        case "shape" -> tensor.shape(JuniperJson.read(in));
        case "data" -> tensor.data(in);
        default -> JuniperJson.read(in);
      }
    }
    return tensor.frame();
  }
}
