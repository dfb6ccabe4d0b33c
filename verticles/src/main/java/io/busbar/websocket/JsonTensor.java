package io.busbar.websocket;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.busbar.failure.Failure;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.BinaryFrameException;
import io.busbar.juniper.DType;
import io.busbar.juniper.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** One tensor of a JSON body: its keys may come in any order. */
final class JsonTensor {
  private final String field;
  private final int most;
  private ElementType type = ElementType.of(DType.FLOAT32);
  private List<Long> shape;
  private byte[] raw;
  private NumberArray numbers;

  /**
   * @param most bytes of its elements
   */
  JsonTensor(String field, int most) {
    this.field = field;
    this.most = most;
  }

  void dtype(Object value) {
    type = value instanceof String name ? ElementType.parse(name) : null;
    if (type == null) {
      String shown = Failure.shorten(String.valueOf(value), 40);
      throw TaskFault.at(field + ".dtype", "'" + shown + "' is no type such as float32");
    }
  }

  void shape(Object value) {
    if (!(value instanceof List<?> list) || list.size() > BinaryFrame.MAX_DIMENSIONS) {
      throw TaskFault.at(field + ".shape", "expected a list of at most 10 extents");
    }
    shape = new ArrayList<>();
    for (Object extent : list) {
      if (!(extent instanceof Long size) || size < 0) {
        throw TaskFault.at(field + ".shape", "expected integers from 0");
      }
      shape.add(size);
    }
  }

  void data(JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.START_ARRAY) {
      numbers = new NumberArray(field + ".data", most);
      numbers.read(in);
    } else if (in.currentToken() == JsonToken.VALUE_STRING) {
      try {
        raw = Base64.getDecoder().decode(in.getText());
      } catch (IllegalArgumentException e) {
        throw TaskFault.at(field + ".data", "no base64: " + e.getMessage());
      }
    } else {
      throw TaskFault.at(field + ".data", "expected base64 or an array of numbers");
    }
  }

  BinaryFrame frame() {
    if (raw == null && numbers == null) {
      throw TaskFault.at(field + ".data", "missing");
    }
    if (shape == null && raw != null) {
      throw TaskFault.at(field + ".shape", "missing");
    }
    ByteBuffer elements = raw != null ? ByteBuffer.wrap(raw) : numbers.encode(type);
    List<Long> extents = shape != null ? shape : numbers.shape();
    if (raw == null && !numbers.fits(extents)) {
      throw TaskFault.at(
          field + ".shape", extents + " does not fit data of shape " + numbers.shape());
    }
    try {
      return BinaryFrame.of(type, extents, elements);
    } catch (BinaryFrameException e) {
      throw TaskFault.at(field + ".data", e.getMessage());
    }
  }
}
