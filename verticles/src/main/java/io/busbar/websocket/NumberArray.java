package io.busbar.websocket;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.ElementType;
import io.busbar.juniper.Elements;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A nested array of numbers out of JSON, flattened in row-major order. */
final class NumberArray {
  private static final int FIRST = 1024;
  private static final long OPEN = -1;

  private final String field;
  private final int most;
  private final List<Long> shape = new ArrayList<>();
  private double[] values = new double[FIRST];
  private long[] exact = new long[FIRST];
  private int count;
  private boolean leaf;

  /**
   * @param most elements
   */
  NumberArray(String field, int most) {
    this.field = field;
    this.most = most;
  }

  /** From the opening bracket on. */
  void read(JsonParser in) throws IOException {
    level(in, 0);
  }

  private void level(JsonParser in, int depth) throws IOException {
    if (depth >= BinaryFrame.MAX_DIMENSIONS || (leaf && depth >= shape.size())) {
      throw TaskFault.at(field, "an array where numbers stand beside it, or more than 10 deep");
    }
    if (depth == shape.size()) {
      shape.add(OPEN);
    }
    long length = 0;
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      if (token == JsonToken.START_ARRAY) {
        level(in, depth + 1);
      } else {
        number(in, token, depth);
      }
      length++;
    }
    if (length == 0) {
      leaf = true;
    }
    if (shape.get(depth) == OPEN) {
      shape.set(depth, length);
    } else if (shape.get(depth) != length) {
      throw TaskFault.at(field, "rows of different lengths");
    }
  }

  private void number(JsonParser in, JsonToken token, int depth) throws IOException {
    if (depth != shape.size() - 1) {
      throw TaskFault.at(field, "a number where arrays stand beside it");
    }
    leaf = true;
    if (count >= most) {
      throw TaskFault.at(field, "more than " + most + " elements");
    }
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
      exact = Arrays.copyOf(exact, 2 * count);
    }
    switch (token) {
      case VALUE_NUMBER_INT -> {
        values[count] = in.getDoubleValue();
        exact[count] =
            in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? in.getBigIntegerValue().longValue()
                : in.getLongValue();
      }
      case VALUE_NUMBER_FLOAT -> {
        values[count] = in.getDoubleValue();
        exact[count] = (long) values[count];
      }
      case VALUE_TRUE -> exact[count] = (long) (values[count] = 1);
      case VALUE_FALSE -> exact[count] = (long) (values[count] = 0);
      default -> throw TaskFault.at(field, "element " + count + " is no number");
    }
    count++;
  }

  List<Long> shape() {
    return shape;
  }

  /** Whether this is the array's own shape, or it is flat and has as many elements. */
  boolean fits(List<Long> extents) {
    if (extents.equals(shape)) {
      return true;
    }
    double product = 1;
    for (long extent : extents) {
      product *= extent;
    }
    return shape.size() == 1 && product == count;
  }

  /** The elements in that type; integers are cut to its width. */
  ByteBuffer encode(ElementType type) {
    if (type.type().isComplex()) {
      throw TaskFault.at(field, "complex elements are taken as base64 only");
    }
    ByteBuffer out = ByteBuffer.allocate(count * type.type().bytes()).order(type.order());
    for (int i = 0; i < count; i++) {
      Elements.put(out, type.type(), values[i], exact[i]);
    }
    return out.flip();
  }
}
