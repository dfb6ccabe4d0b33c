package io.busbar.runner;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A ClientMsg, read by its tags so that call JSON and body bytes stay where they arrived. As in any
 * protobuf reader the last member of the oneof counts, a repeated member is merged, and unknown
 * fields are skipped.
 */
final class ClientMessage {
  /** Which member of the oneof is set. */
  enum Kind {
    NONE,
    TRY,
    DATA
  }

  private static final int BODY_TRY = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int BODY_DATA = tag(2, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int TRY_JSON = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int TRY_SLOT_HASH = tag(2, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int TRY_EXTENSIONS = tag(3, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int DATA_BYTES = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int DATA_EOF = tag(2, WireFormat.WIRETYPE_VARINT);
  private static final int ENTRY_KEY = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int ENTRY_VALUE = tag(2, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private final byte[] bytes;
  private final int base;
  private Kind kind = Kind.NONE;
  private int jsonOffset;
  private int jsonLength;
  private String slotHash = "";
  private Map<String, String> extensions = Map.of();
  private int dataOffset;
  private int dataLength;
  private boolean eof;

  private ClientMessage(byte[] bytes, int base) {
    this.bytes = bytes;
    this.base = base;
  }

  /** Throws an IOException naming what is wrong when the bytes are no protobuf message. */
  static ClientMessage parse(ByteBuf message) throws IOException {
    int length = message.readableBytes();
    ClientMessage parsed;
    if (message.hasArray()) {
      parsed = new ClientMessage(message.array(), message.arrayOffset() + message.readerIndex());
    } else {
      byte[] copy = new byte[length];
      message.getBytes(message.readerIndex(), copy);
      parsed = new ClientMessage(copy, 0);
    }
    parsed.message(CodedInputStream.newInstance(parsed.bytes, parsed.base, length));
    return parsed;
  }

  Kind kind() {
    return kind;
  }

  /** The array that the offsets below point into. */
  byte[] bytes() {
    return bytes;
  }

  int jsonOffset() {
    return jsonOffset;
  }

  int jsonLength() {
    return jsonLength;
  }

  String slotHash() {
    return slotHash;
  }

  Map<String, String> extensions() {
    return extensions;
  }

  int dataOffset() {
    return dataOffset;
  }

  int dataLength() {
    return dataLength;
  }

  boolean eof() {
    return eof;
  }

  private static int tag(int field, int type) {
    return field << 3 | type;
  }

  private void message(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == BODY_TRY) {
        start(Kind.TRY);
        int limit = in.pushLimit(in.readRawVarint32());
        tryCall(in);
        in.popLimit(limit);
      } else if (tag == BODY_DATA) {
        start(Kind.DATA);
        int limit = in.pushLimit(in.readRawVarint32());
        data(in);
        in.popLimit(limit);
      } else {
        in.skipField(tag);
      }
    }
  }

  private void start(Kind next) {
    if (kind != next) {
      kind = next;
      jsonLength = 0;
      slotHash = "";
      extensions = Map.of();
      dataLength = 0;
      eof = false;
    }
  }

  private void tryCall(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == TRY_JSON) {
        jsonLength = in.readRawVarint32();
        jsonOffset = base + in.getTotalBytesRead();
        in.skipRawBytes(jsonLength);
      } else if (tag == TRY_SLOT_HASH) {
        slotHash = in.readStringRequireUtf8();
      } else if (tag == TRY_EXTENSIONS) {
        int limit = in.pushLimit(in.readRawVarint32());
        extension(in);
        in.popLimit(limit);
      } else {
        in.skipField(tag);
      }
    }
  }

  private void extension(CodedInputStream in) throws IOException {
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == ENTRY_KEY) {
        key = in.readStringRequireUtf8();
      } else if (tag == ENTRY_VALUE) {
        value = in.readStringRequireUtf8();
      } else {
        in.skipField(tag);
      }
    }
    if (extensions.isEmpty()) {
      extensions = new LinkedHashMap<>();
    }
    extensions.put(key, value);
  }

  private void data(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == DATA_BYTES) {
        dataLength = in.readRawVarint32();
        dataOffset = base + in.getTotalBytesRead();
        in.skipRawBytes(dataLength);
      } else if (tag == DATA_EOF) {
        eof = in.readBool();
      } else {
        in.skipField(tag);
      }
    }
  }
}
