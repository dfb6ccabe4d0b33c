package io.busbar.bus;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.busbar.bus.v1.ChannelFrames;
import io.busbar.bus.v1.Envelope;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.MemberChanged;
import io.busbar.bus.v1.OwnershipChanged;
import io.busbar.bus.v1.WorkerChanged;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The one codec of every body on the bus: on the wire a tag byte and the protobuf bytes, on the
 * same node the object itself. The bytes are written straight into the message, and the data of a
 * received frame stays where the message was read into.
 *
 * <p>A body with an unknown tag, or one that cannot be parsed, is read as null: it must never throw
 * on an event loop. Read bodies with {@link #body}.
 */
public final class BusCodec implements MessageCodec<MessageLite, MessageLite> {
  /** Name under which every node registers it. */
  public static final String NAME = "busbar.v1";

  private static final byte ENVELOPE = 1;
  private static final byte WORKER_CHANGED = 2;
  private static final byte MEMBER_CHANGED = 3;
  private static final byte CHANNEL_FRAMES = 4;
  private static final byte OWNERSHIP_CHANGED = 5;

  /**
   * From this size on, frame data stays inside the message it came with. Smaller ones, and all that
   * is not a frame, are copied out: while they wait they would keep a large message alive.
   */
  private static final int ALIAS_FROM = 16 << 10;

  private static final int NODE_TAG = Envelope.NODE_FIELD_NUMBER << 3 | 2;
  private static final int LANE_TAG = Envelope.LANE_FIELD_NUMBER << 3;
  private static final int SENT_TAG = Envelope.SENT_MS_FIELD_NUMBER << 3;
  private static final int ITEMS_TAG = Envelope.ITEMS_FIELD_NUMBER << 3 | 2;

  private BusCodec() {}

  /** Makes the codec known to this Vertx; more than once is harmless. */
  public static void register(Vertx vertx) {
    try {
      vertx.eventBus().registerCodec(new BusCodec());
    } catch (IllegalStateException alreadyThere) {
      if (vertx.eventBus() == null) {
        throw alreadyThere;
      }
    }
  }

  /** Options for sending and publishing bodies of the bus. */
  public static DeliveryOptions options() {
    return new DeliveryOptions().setCodecName(NAME);
  }

  /** The body of a message if it is of that type, else null. */
  public static <T extends MessageLite> T body(Message<?> message, Class<T> type) {
    Object body = message.body();
    return type.isInstance(body) ? type.cast(body) : null;
  }

  @Override
  public void encodeToWire(Buffer buffer, MessageLite body) {
    int size = body.getSerializedSize();
    int start = buffer.length();
    // Grows the buffer once, and its length with it.
    buffer.setByte(start + size, (byte) 0);
    buffer.setByte(start, tag(body));
    ByteBuf target = ((BufferInternal) buffer).getByteBuf();
    try {
      CodedOutputStream out =
          CodedOutputStream.newInstance(target.array(), target.arrayOffset() + start + 1, size);
      body.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public MessageLite decodeFromWire(int pos, Buffer buffer) {
    if (pos >= buffer.length()) {
      return null;
    }
    Parser<? extends MessageLite> parser = parser(buffer.getByte(pos));
    if (parser == null) {
      return null;
    }
    ByteBuf source = ((BufferInternal) buffer).getByteBuf();
    byte[] bytes = source.array();
    int start = source.arrayOffset() + pos + 1;
    int size = buffer.length() - pos - 1;
    try {
      if (parser == Envelope.parser()) {
        return envelope(bytes, start, size);
      }
      return parser.parseFrom(bytes, start, size, ExtensionRegistryLite.getEmptyRegistry());
    } catch (InvalidProtocolBufferException garbage) {
      // Said by the null; the reader of the address counts it.
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Envelope envelope(byte[] bytes, int start, int size) throws IOException {
    CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes, start, size).newCodedInput();
    Envelope.Builder envelope = Envelope.newBuilder();
    Item.Builder item = Item.newBuilder();
    while (true) {
      int tag = in.readTag();
      switch (tag) {
        case 0 -> {
          return envelope.build();
        }
        case NODE_TAG -> envelope.setNode(in.readStringRequireUtf8());
        case LANE_TAG -> envelope.setLane(in.readUInt32());
        case SENT_TAG -> envelope.setSentMs(in.readUInt64());
        case ITEMS_TAG -> {
          int length = in.readRawVarint32();
          int rest = in.pushLimit(length);
          int first = tagAt(bytes, start + in.getTotalBytesRead(), length);
          in.enableAliasing(first == ItemReader.FRAME && length >= ALIAS_FROM);
          envelope.addItems(ItemReader.read(in, first, item));
          in.popLimit(rest);
        }
        default -> ItemReader.skip(in, tag);
      }
    }
  }

  /** Tag of the field that begins there, 0 = there is none; no tag of ours is longer than two. */
  private static int tagAt(byte[] bytes, int at, int length) {
    if (length == 0) {
      return 0;
    }
    int low = bytes[at];
    return low >= 0 || length == 1 ? low : low & 0x7f | bytes[at + 1] << 7;
  }

  @Override
  public MessageLite transform(MessageLite body) {
    return body;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }

  private static byte tag(MessageLite body) {
    if (body instanceof Envelope) {
      return ENVELOPE;
    } else if (body instanceof WorkerChanged) {
      return WORKER_CHANGED;
    } else if (body instanceof MemberChanged) {
      return MEMBER_CHANGED;
    } else if (body instanceof ChannelFrames) {
      return CHANNEL_FRAMES;
    } else if (body instanceof OwnershipChanged) {
      return OWNERSHIP_CHANGED;
    }
    throw new IllegalArgumentException(
        body.getClass().getSimpleName() + " is not a body of the bus");
  }

  private static Parser<? extends MessageLite> parser(byte tag) {
    return switch (tag) {
      case ENVELOPE -> Envelope.parser();
      case WORKER_CHANGED -> WorkerChanged.parser();
      case MEMBER_CHANGED -> MemberChanged.parser();
      case CHANNEL_FRAMES -> ChannelFrames.parser();
      case OWNERSHIP_CHANGED -> OwnershipChanged.parser();
      default -> null;
    };
  }
}
