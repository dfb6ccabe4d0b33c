package io.busbar.runner;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.busbar.bus.v1.Header;
import io.busbar.failure.Failure;
import io.busbar.routing.CallFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code models_call_json} in one pass, without a tree: keeps what routing and the worker's
 * head need, checks the types of the other known fields, skips the rest. Field types are those of
 * Fn's call model.
 */
final class CallJson {
  static final int MOST_HEADER_VALUES = 4096;
  private static final int DEEPEST = 200;
  private static final int SHOWN = 60;

  private final JsonFactory factory;
  private final Set<String> annotationKeys;

  /**
   * @param largest longest string accepted, in characters
   * @param annotationKeys annotations that routing rules ask for
   */
  CallJson(int largest, Set<String> annotationKeys) {
    this.annotationKeys = annotationKeys;
    this.factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(largest)
                    .maxNameLength(8192)
                    .maxNumberLength(64)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
  }

  CallFacts read(byte[] json, int offset, int length) throws BadCallException {
    try (JsonParser in = factory.createParser(json, offset, length)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new BadCallException("models_call_json is no JSON object");
      }
      CallFacts facts = new Reading(in).call();
      if (in.nextToken() != null) {
        throw new BadCallException("models_call_json goes on after its end");
      }
      return facts;
    } catch (JsonProcessingException e) {
      throw new BadCallException(
          "models_call_json is not JSON: " + Failure.shorten(e.getOriginalMessage(), 200));
    } catch (IOException e) {
      throw new BadCallException("models_call_json is not UTF-8 JSON: " + e.getMessage());
    }
  }

  /** One pass over one document. */
  private final class Reading {
    private final JsonParser in;
    private final List<Header> headers = new ArrayList<>();
    private Map<String, String> annotations = Map.of();
    private String id = "";
    private String image = "";
    private String type = "";
    private String method = "";
    private String url = "";
    private String fnId = "";
    private String appId = "";
    private String appName = "";
    private int timeout;

    Reading(JsonParser in) {
      this.in = in;
    }

    CallFacts call() throws IOException, BadCallException {
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        field(name);
      }
      return new CallFacts(
          id, image, type, method, url, timeout, fnId, appId, appName, headers, annotations);
    }

    private void field(String name) throws IOException, BadCallException {
      switch (name) {
        case "id" -> id = text(name);
        case "image" -> image = text(name);
        case "type" -> type = text(name);
        case "method" -> method = text(name);
        case "url" -> url = text(name);
        case "fn_id" -> fnId = text(name);
        case "app_id" -> appId = text(name);
        case "app_name" -> appName = text(name);
        case "timeout" -> timeout = (int) integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
        case "idle_timeout", "delay" -> integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
        case "tmpfs_size" -> integer(name, 0, 0xffff_ffffL);
        case "memory" -> integer(name, 0, Long.MAX_VALUE);
        case "execution_duration" -> integer(name, Long.MIN_VALUE, Long.MAX_VALUE);
        case "cpus" -> FieldRules.cpus(text(name));
        case "created_at", "started_at", "completed_at" -> FieldRules.date(name, text(name));
        case "status", "payload", "syslog_url", "error", "trigger_id" -> text(name);
        case "config" -> config();
        case "headers" -> headers();
        case "annotations" -> annotations();
        default -> in.skipChildren();
      }
    }

    private String text(String name) throws IOException, BadCallException {
      JsonToken token = in.currentToken();
      if (token == JsonToken.VALUE_STRING) {
        return in.getText();
      }
      if (token == JsonToken.VALUE_NULL) {
        return "";
      }
      throw wrong(name, "a string");
    }

    private long integer(String name, long least, long most) throws IOException, BadCallException {
      JsonToken token = in.currentToken();
      if (token == JsonToken.VALUE_NULL) {
        return 0;
      }
      if (token == JsonToken.VALUE_NUMBER_INT
          && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
        long value = in.getLongValue();
        if (value >= least && value <= most) {
          return value;
        }
      }
      throw wrong(name, "an integer from " + least + " to " + most);
    }

    private boolean isNull() {
      return in.currentToken() == JsonToken.VALUE_NULL;
    }

    private void object(String name) throws IOException, BadCallException {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw wrong(name, "an object");
      }
    }

    private void config() throws IOException, BadCallException {
      if (isNull()) {
        return;
      }
      object("config");
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String key = in.currentName();
        in.nextToken();
        if (in.currentToken() != JsonToken.VALUE_STRING && !isNull()) {
          throw wrong("config." + key, "a string");
        }
      }
    }

    private void headers() throws IOException, BadCallException {
      if (isNull()) {
        return;
      }
      object("headers");
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String key = in.currentName();
        in.nextToken();
        if (isNull()) {
          continue;
        }
        if (in.currentToken() != JsonToken.START_ARRAY) {
          throw wrong("headers." + key, "a list of strings");
        }
        while (in.nextToken() != JsonToken.END_ARRAY) {
          if (headers.size() == MOST_HEADER_VALUES) {
            throw new BadCallException("headers: more than " + MOST_HEADER_VALUES + " values");
          }
          headers.add(Header.newBuilder().setName(key).setValue(text("headers." + key)).build());
        }
      }
    }

    private void annotations() throws IOException, BadCallException {
      if (isNull()) {
        return;
      }
      object("annotations");
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String key = in.currentName();
        JsonToken value = in.nextToken();
        if (value.isScalarValue() && annotationKeys.contains(key)) {
          if (annotations.isEmpty()) {
            annotations = new HashMap<>();
          }
          annotations.put(key, in.getText());
        } else {
          in.skipChildren();
        }
      }
    }

    private BadCallException wrong(String name, String expected) throws IOException {
      String value =
          in.currentToken().isStructStart()
              ? in.getText() + "…"
              : Failure.shorten(in.getText(), SHOWN);
      return new BadCallException(
          "models_call_json."
              + Failure.shorten(name, SHOWN)
              + ": "
              + value
              + ", expected "
              + expected);
    }
  }
}
