package io.busbar.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Params and results as their writers wrote them. What only passes through is never read as numbers
 * and written again, so that a long decimal, {@code 1.0} and {@code 1e5} arrive as they are. Any
 * thread.
 */
public final class CommandJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private CommandJson() {}

  /**
   * The text of a value without the blanks around it.
   *
   * @throws DecodeException when it is not exactly one JSON value
   */
  public static String value(String text) {
    try (JsonParser in = open(text)) {
      if (in.nextToken() == null) {
        throw new DecodeException("there is no value");
      }
      String value = present(in, text);
      end(in);
      return value;
    } catch (IOException e) {
      throw decodeException(e);
    }
  }

  /**
   * The text of each member's value, in the order of the object; of equal names the last counts.
   *
   * @throws DecodeException when it is not exactly one JSON object
   */
  public static Map<String, String> members(String text) {
    Map<String, String> members = new LinkedHashMap<>();
    try (JsonParser in = open(text)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new DecodeException("no JSON object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        members.put(name, present(in, text));
      }
      end(in);
      return members;
    } catch (IOException e) {
      throw decodeException(e);
    }
  }

  private static JsonParser open(String text) throws IOException {
    return FACTORY.createParser(text.toCharArray());
  }

  /** The text of the value that begins with the present token. */
  private static String present(JsonParser in, String text) throws IOException {
    int from = (int) in.currentTokenLocation().getCharOffset();
    in.skipChildren();
    in.finishToken();
    return text.substring(from, (int) in.currentLocation().getCharOffset()).stripTrailing();
  }

  private static void end(JsonParser in) throws IOException {
    if (in.nextToken() != null) {
      throw new DecodeException("there is more behind the value");
    }
  }

  private static DecodeException decodeException(IOException e) {
    return new DecodeException(e.getMessage());
  }
}
