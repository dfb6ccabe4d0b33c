package io.busbar.runner;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * A Struct as JSON, keys sorted and whole numbers without a fraction, so that equal Structs give
 * equal texts.
 */
final class StructJson {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final double EXACT = 9_007_199_254_740_992.0;

  static String of(Struct struct) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      object(out, struct.getFieldsMap());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return text.toString();
  }

  /** A map of texts as a JSON object. */
  static String of(Map<String, String> texts) {
    Struct.Builder struct = Struct.newBuilder();
    texts.forEach(
        (key, value) -> struct.putFields(key, Value.newBuilder().setStringValue(value).build()));
    return of(struct.build());
  }

  private static void object(JsonGenerator out, Map<String, Value> fields) throws IOException {
    out.writeStartObject();
    for (Map.Entry<String, Value> field : new TreeMap<>(fields).entrySet()) {
      out.writeFieldName(field.getKey());
      value(out, field.getValue());
    }
    out.writeEndObject();
  }

  private static void value(JsonGenerator out, Value value) throws IOException {
    switch (value.getKindCase()) {
      case NUMBER_VALUE -> number(out, value.getNumberValue());
      case STRING_VALUE -> out.writeString(value.getStringValue());
      case BOOL_VALUE -> out.writeBoolean(value.getBoolValue());
      case STRUCT_VALUE -> object(out, value.getStructValue().getFieldsMap());
      case LIST_VALUE -> {
        out.writeStartArray();
        for (Value item : value.getListValue().getValuesList()) {
          value(out, item);
        }
        out.writeEndArray();
      }
      default -> out.writeNull();
    }
  }

  private static void number(JsonGenerator out, double number) throws IOException {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      out.writeNull();
    } else if (number == Math.rint(number) && Math.abs(number) < EXACT) {
      out.writeNumber((long) number);
    } else {
      out.writeNumber(number);
    }
  }

  private StructJson() {}
}
