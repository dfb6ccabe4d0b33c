package io.busbar.websocket;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.BinaryFrameException;
import io.busbar.juniper.ResultCheck;
import io.vertx.core.buffer.Buffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A result on its way in: the header, and the tensors in the order of its manifest. */
final class ResultIntake {
  private final Map<String, Object> header;
  private final Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
  private final Iterator<String> names;
  private final long most;
  private String awaited;
  private long bytes;

  /**
   * @param most bytes of all tensors
   */
  ResultIntake(Map<String, Object> header, long most) {
    this.header = header;
    this.most = most;
    this.names = ResultCheck.manifest(header).keySet().iterator();
    next();
  }

  private void next() {
    awaited = names.hasNext() ? names.next() : null;
  }

  Map<String, Object> header() {
    return header;
  }

  Map<String, BinaryFrame> tensors() {
    return tensors;
  }

  boolean complete() {
    return awaited == null;
  }

  /** Name of the tensor that is due. */
  String awaited() {
    return awaited;
  }

  /** The tensor that is due; what is wrong with it, null = nothing. */
  String take(Buffer message) {
    bytes += message.length();
    if (message.length() > BinaryFrame.MAX_BYTES || bytes > most) {
      return "Binary frame too large";
    }
    try {
      tensors.put(awaited, BinaryFrame.decode(Buffers.bytes(message)));
    } catch (BinaryFrameException e) {
      return "Invalid binary frame for " + awaited + ": " + e.getMessage();
    }
    next();
    return null;
  }
}
