package io.busbar.juniper;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON as the Python peers write it and writes JSON that they read. Reading takes the bare
 * tokens {@code NaN}, {@code Infinity} and {@code -Infinity}, keeps the order of keys, and lets the
 * last of equal keys win; depth and size are bounded. Objects become {@link LinkedHashMap}, arrays
 * {@link ArrayList}, integers {@link Long} or {@link BigInteger}, other numbers {@link Double}.
 * Writing is compact, leaves non-ASCII characters as they are, and puts {@code null} for what is
 * not a finite number. Thread-safe.
 */
public final class JuniperJson {
  /** Deepest nesting that is read. */
  public static final int MAX_DEPTH = 64;

  /** Most digits of one number. */
  private static final int MAX_DIGITS = 1100;

  /** Sizes of numbers that Python writes without an exponent. */
  private static final double PLAIN_FROM = 1e-4;

  private static final double PLAIN_TO = 1e16;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_DIGITS)
                  .maxNameLength(1 << 20)
                  .maxStringLength(256 << 20)
                  .build())
          .build();

  private JuniperJson() {}

  /** The factory of streaming readers with the same tolerance and bounds. */
  public static JsonFactory factory() {
    return FACTORY;
  }

  /**
   * Reads one value.
   *
   * @throws JsonException when the text is not one JSON value, or nested too deeply
   */
  public static Object read(String text) {
    try (JsonParser in = FACTORY.createParser(text)) {
      Object value = value(in, in.nextToken());
      if (in.nextToken() != null) {
        throw new JsonException("more than one value");
      }
      return value;
    } catch (IOException e) {
      throw new JsonException(reason(e));
    }
  }

  /** Reads the value that begins with the parser's present token. */
  public static Object read(JsonParser in) throws IOException {
    return value(in, in.currentToken());
  }

  static String reason(IOException e) {
    String message =
        e instanceof com.fasterxml.jackson.core.JsonProcessingException j
            ? j.getOriginalMessage()
            : e.getMessage();
    return message == null ? "unreadable" : message;
  }

  private static Object value(JsonParser in, JsonToken token) throws IOException {
    if (token == null) {
      throw new JsonException("no value");
    }
    return switch (token) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> array(in);
      case VALUE_STRING -> in.getText();
      case VALUE_NUMBER_INT -> integer(in);
      case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NULL -> null;
      default -> throw new JsonException("unexpected " + token);
    };
  }

  private static Object integer(JsonParser in) throws IOException {
    if (in.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      return in.getBigIntegerValue();
    }
    return in.getLongValue();
  }

  private static Map<String, Object> object(JsonParser in) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      object.put(name, value(in, in.nextToken()));
    }
    return object;
  }

  private static List<Object> array(JsonParser in) throws IOException {
    List<Object> array = new ArrayList<>();
    for (JsonToken t = in.nextToken(); t != JsonToken.END_ARRAY; t = in.nextToken()) {
      array.add(value(in, t));
    }
    return array;
  }

  /**
   * Writes a value made of maps, iterables, strings, numbers, booleans and null.
   *
   * @throws IllegalArgumentException when there is something else in it
   */
  public static String write(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      write(out, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Writes a value into a document that is being written. */
  public static void write(JsonGenerator out, Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName(String.valueOf(entry.getKey()));
        write(out, entry.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof Iterable<?> list) {
      out.writeStartArray();
      for (Object element : list) {
        write(out, element);
      }
      out.writeEndArray();
    } else if (value instanceof Number number) {
      number(out, number);
    } else if (value instanceof Boolean bool) {
      out.writeBoolean(bool);
    } else if (value instanceof CharSequence text) {
      out.writeString(text.toString());
    } else {
      throw new IllegalArgumentException("not a JSON value: " + value.getClass().getName());
    }
  }

  private static void number(JsonGenerator out, Number number) throws IOException {
    if (number instanceof BigInteger big) {
      out.writeNumber(big);
    } else if (number instanceof Double || number instanceof Float) {
      double value = number.doubleValue();
      if (Double.isFinite(value)) {
        out.writeNumber(decimal(value));
      } else {
        out.writeNull();
      }
    } else {
      out.writeNumber(number.longValue());
    }
  }

  /** Without an exponent where Python writes none, so that a time looks like one. */
  private static String decimal(double value) {
    String text = Double.toString(value);
    double size = Math.abs(value);
    if (text.indexOf('E') < 0 || size < PLAIN_FROM || size >= PLAIN_TO) {
      return text;
    }
    String plain = new BigDecimal(text).toPlainString();
    return plain.indexOf('.') < 0 ? plain + ".0" : plain;
  }
}
