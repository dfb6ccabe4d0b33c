package io.busbar.ownership.map;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import com.hazelcast.query.extractor.ValueCollector;
import com.hazelcast.query.extractor.ValueExtractor;
import io.busbar.bus.v1.OwnerEntry;
import io.busbar.bus.v1.OwnerHolder;
import java.io.IOException;

/**
 * Tells Hazelcast's index by whose name a key is held; nothing for a key that nobody holds. Reads
 * only the start of a record: state and holder are its first fields.
 */
public final class HostOf implements ValueExtractor<byte[], Object> {
  /** Name of the indexed attribute. */
  public static final String ATTRIBUTE = "host";

  @Override
  public void extract(byte[] record, Object argument, ValueCollector<Object> into) {
    try {
      String host = host(record);
      if (host != null) {
        into.addObject(host);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the record of a key cannot be read", e);
    }
  }

  /** Null = nobody holds it. */
  static String host(byte[] record) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(record);
    boolean held = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case OwnerEntry.STATE_FIELD_NUMBER -> {
          int state = in.readUInt32();
          held = OwnerCodec.state(state).isHeld();
        }
        case OwnerEntry.HOLDER_FIELD_NUMBER -> {
          return held ? OwnerHolder.parseFrom(in.readByteArray()).getHost() : null;
        }
        default -> in.skipField(tag);
      }
    }
    return null;
  }
}
