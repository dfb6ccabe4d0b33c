package io.busbar.juniper.training;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelForm;
import io.busbar.channel.ChannelSummary;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.DoubleSupplier;

/**
 * The form of a training channel: JSON objects with a string {@code type}, written with {@code
 * type} and {@code timestamp} in front and {@code emitted_at_monotonic} at the end. The number of a
 * frame is its offset, so a given {@code seq} is dropped. A text of more than so many characters is
 * cut, never between the two halves of a character; what its parts join to has no {@code
 * emitted_at_monotonic}, each part has it. Thread-safe if its clocks are.
 */
public final class TrainingForm implements ChannelForm {
  static final String TYPE = "type";
  static final String TIMESTAMP = "timestamp";
  static final String DATA = "data";
  static final String SEQ = "seq";
  static final String EMITTED = "emitted_at_monotonic";
  static final String CHUNK_ID = "chunk_id";

  private static final int MAX_TYPE = 128;
  private static final String CONTENT_TYPE = "application/json";

  private final int maxText;
  private final int chunk;
  private final DoubleSupplier clock;
  private final DoubleSupplier monotonic;

  /**
   * @param maxText characters of a message that is not cut, without {@code emitted_at_monotonic}; 0
   *     = none is cut
   * @param chunk characters of a part
   * @param clock Unix seconds
   * @param monotonic seconds that never go back
   */
  public TrainingForm(int maxText, int chunk, DoubleSupplier clock, DoubleSupplier monotonic) {
    if (maxText < 0 || chunk < 2) {
      throw new IllegalArgumentException("max text " + maxText + ", chunk " + chunk);
    }
    this.maxText = maxText;
    this.chunk = chunk;
    this.clock = clock;
    this.monotonic = monotonic;
  }

  /** With the clocks of this process; the monotonic one began near Unix time. */
  public static TrainingForm of(int maxText, int chunk) {
    double begun = System.currentTimeMillis() / 1e3;
    long zero = System.nanoTime();
    return new TrainingForm(
        maxText,
        chunk,
        () -> System.currentTimeMillis() / 1e3,
        () -> begun + Math.round((System.nanoTime() - zero) / 1e3) / 1e6);
  }

  @Override
  public List<FrameRecord> frames(FrameRecord given) {
    Map<String, Object> message = message(given.getData());
    Map<String, Object> formed = formed(message);
    Object emitted = seconds(message, EMITTED, monotonic);
    String text = JuniperJson.write(formed);
    FrameRecord.Builder frame =
        given.toBuilder().setContentType(CONTENT_TYPE).clearPart().clearParts().clearNote();
    return maxText == 0 || text.length() <= maxText
        ? List.of(frame.setData(ByteString.copyFromUtf8(with(text, emitted))).build())
        : parts(frame, formed, emitted, text);
  }

  /** An object that is not empty, and when it was told. */
  private static String with(String text, Object emitted) {
    return text.substring(0, text.length() - 1)
        + ",\""
        + EMITTED
        + "\":"
        + JuniperJson.write(emitted)
        + "}";
  }

  @Override
  public ChannelSummary summary() {
    return new TrainingView();
  }

  private static Map<String, Object> message(ByteString data) {
    Object read;
    try {
      read = JuniperJson.read(text(data.asReadOnlyByteBuffer()));
    } catch (CharacterCodingException e) {
      throw unprocessable("the frame is not UTF-8, expected a JSON object");
    } catch (JsonException e) {
      throw unprocessable("the frame is not JSON: " + Failure.shorten(e.getMessage(), 80));
    }
    if (!(read instanceof Map<?, ?> map)) {
      throw unprocessable("the frame is JSON but no object, expected an object with a type");
    }
    Map<String, Object> message = new LinkedHashMap<>();
    map.forEach((key, value) -> message.put(String.valueOf(key), value));
    return message;
  }

  private static String text(ByteBuffer bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
  }

  private Map<String, Object> formed(Map<String, Object> message) {
    if (!(message.get(TYPE) instanceof String type) || type.isEmpty()) {
      throw unprocessable("type: " + shown(message.get(TYPE)) + ", expected a text");
    }
    if (type.length() > MAX_TYPE) {
      throw unprocessable(
          "type: '"
              + Failure.shorten(type, 40)
              + "', expected at most "
              + MAX_TYPE
              + " characters");
    }
    if (message.containsKey(DATA) && !(message.get(DATA) instanceof Map<?, ?>)) {
      // Some clients end when data is anything else.
      throw unprocessable("data: " + shown(message.get(DATA)) + ", expected an object");
    }
    Map<String, Object> formed = new LinkedHashMap<>();
    formed.put(TYPE, type);
    formed.put(TIMESTAMP, seconds(message, TIMESTAMP, clock));
    message.forEach(
        (key, value) -> {
          if (!key.equals(SEQ) && !key.equals(EMITTED)) {
            formed.putIfAbsent(key, value);
          }
        });
    return formed;
  }

  private static Object seconds(Map<String, Object> message, String key, DoubleSupplier otherwise) {
    Object given = message.get(key);
    if (given == null) {
      return otherwise.getAsDouble();
    }
    boolean fits =
        given instanceof Number number
            && !(given instanceof BigInteger)
            && Double.isFinite(number.doubleValue());
    if (!fits) {
      throw unprocessable(key + ": " + shown(given) + ", expected seconds as a number");
    }
    return given;
  }

  private List<FrameRecord> parts(
      FrameRecord.Builder frame, Map<String, Object> formed, Object emitted, String text) {
    Map<String, Object> note = new LinkedHashMap<>();
    note.put(TYPE, formed.get(TYPE));
    note.put(TIMESTAMP, formed.get(TIMESTAMP));
    note.put(CHUNK_ID, UUID.randomUUID().toString());
    note.put(EMITTED, emitted);
    List<String> slices = cut(text, chunk);
    frame.setParts(slices.size()).setNote(JuniperJson.write(note)).clearKey();
    List<FrameRecord> parts = new ArrayList<>(slices.size());
    for (String slice : slices) {
      parts.add(frame.setPart(parts.size()).setData(ByteString.copyFromUtf8(slice)).build());
      frame.clearId();
    }
    return parts;
  }

  /** Slices of at most so many characters, at least 2; a surrogate pair stays together. */
  static List<String> cut(String text, int most) {
    List<String> slices = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int to = Math.min(text.length(), from + most);
      if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to--;
      }
      slices.add(text.substring(from, to));
      from = to;
    }
    return slices;
  }

  private static String shown(Object value) {
    return value == null ? "missing or null" : "'" + Failure.shorten(value.toString(), 40) + "'";
  }

  private static RuntimeException unprocessable(String detail) {
    return Failure.of(FailureCode.UNPROCESSABLE, detail).toException();
  }
}
