package io.busbar.gateway.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The few messages of etcd's v3 API that a claim, a renewal and a read need; field numbers of its
 * rpc.proto.
 */
final class EtcdMessages {
  /** Of LeaseGrantResponse. */
  static final int GRANT_ID = 2;

  /** Of LeaseKeepAliveResponse; 0 = the lease is over. */
  static final int KEPT_TTL = 3;

  /** Of TxnResponse. */
  static final int TXN_SUCCEEDED = 2;

  /** Of RangeResponse. */
  static final int RANGE_COUNT = 4;

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private EtcdMessages() {}

  private static ByteString message(Fields fields) {
    try {
      ByteString.Output bytes = ByteString.newOutput(128);
      CodedOutputStream out = CodedOutputStream.newInstance(bytes, 128);
      fields.write(out);
      out.flush();
      return bytes.toByteString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Buffer buffer(Fields fields) {
    return Buffer.buffer(message(fields).toByteArray());
  }

  static Buffer grant(long seconds) {
    return buffer(out -> out.writeInt64(1, seconds));
  }

  static Buffer keepAlive(long lease) {
    return buffer(out -> out.writeInt64(1, lease));
  }

  /** Linearizable, etcd's default. */
  static Buffer range(String key) {
    return buffer(out -> out.writeString(1, key));
  }

  /** If the key does not exist, put it with the lease. */
  static Buffer claim(String key, String owner, long lease) {
    ByteString put =
        message(
            out -> {
              out.writeString(1, key);
              out.writeString(2, owner);
              out.writeInt64(3, lease);
            });
    ByteString operation = message(out -> out.writeBytes(2, put));
    // Result EQUAL is 0; target CREATE is 1; create_revision is field 5.
    ByteString compare =
        message(
            out -> {
              out.writeEnum(2, 1);
              out.writeString(3, key);
              out.writeInt64(5, 0);
            });
    return buffer(
        out -> {
          out.writeBytes(1, compare);
          out.writeBytes(2, operation);
        });
  }

  /** A number in a message; 0 = it is not there. */
  static long number(Buffer message, int field) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(message.getBytes());
      long found = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == (field << 3 | WireFormat.WIRETYPE_VARINT)) {
          found = in.readRawVarint64();
        } else {
          in.skipField(tag);
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
