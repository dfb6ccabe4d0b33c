package io.busbar.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnknownFieldSet;
import io.busbar.bus.v1.Envelope;
import io.busbar.bus.v1.Frame;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Offer;
import io.busbar.bus.v1.Outcome;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The codec reads a message as protobuf does, but for the fields that it does not know. */
class ItemReaderTest {
  private static final Parser<Envelope> PROTOBUF =
      DiscardUnknownFieldsParser.wrap(Envelope.parser());
  private static final int DEPTH = 4;

  private final BusCodec codec = codec();
  private int filled;

  private static BusCodec codec() {
    try {
      Constructor<BusCodec> constructor = BusCodec.class.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private MessageLite read(ByteString bytes) {
    return codec.decodeFromWire(0, Buffer.buffer(new byte[] {1}).appendBytes(bytes.toByteArray()));
  }

  /** As far as its fields are known; null = cannot be read. */
  private static Envelope known(ByteString bytes) {
    try {
      return PROTOBUF.parseFrom(bytes);
    } catch (InvalidProtocolBufferException garbage) {
      return null;
    }
  }

  private void same(ByteString bytes, String what) {
    MessageLite read = read(bytes);
    assertEquals(known(bytes), read == null ? null : known(read.toByteString()), what);
  }

  /** A value that no other field has, in each field that the descriptor names. */
  private Message filled(Message.Builder message, int depth) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.getRealContainingOneof() != null) {
        continue;
      }
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth == 0) {
        continue;
      }
      if (field.isRepeated()) {
        message.addRepeatedField(field, value(message, field, depth));
        if (!field.isMapField()) {
          message.addRepeatedField(field, value(message, field, depth));
        }
      } else {
        message.setField(field, value(message, field, depth));
      }
    }
    return message.build();
  }

  private Object value(Message.Builder message, FieldDescriptor field, int depth) {
    int next = ++filled;
    return switch (field.getJavaType()) {
      case INT -> 1_000_000 + next;
      case LONG -> 1L << 40 | next;
      case BOOLEAN -> true;
      case STRING -> "text " + next;
      case BYTE_STRING -> ByteString.copyFromUtf8("bytes " + next);
      case ENUM -> field.getEnumType().getValues().get(1);
      case MESSAGE -> filled(message.newBuilderForField(field), depth - 1);
      case FLOAT, DOUBLE -> throw new AssertionError(field.getFullName());
    };
  }

  private Item item(FieldDescriptor kind) {
    Item.Builder item = Item.newBuilder();
    return item.setField(kind, value(item, kind, DEPTH)).build();
  }

  private List<Item> items() {
    List<Item> all = new ArrayList<>();
    for (FieldDescriptor kind : Item.getDescriptor().getFields()) {
      all.add(item(kind));
    }
    return all;
  }

  private static Envelope envelope(List<Item> items) {
    return Envelope.newBuilder().setNode("node").setLane(3).setSentMs(7).addAllItems(items).build();
  }

  /** Fails for a field that was added to bus.proto and not here. */
  @Test
  void eachFieldOfEachItemIsRead() {
    for (Item item : items()) {
      Envelope sent = envelope(List.of(item));
      assertEquals(sent, read(sent.toByteString()), item.getBodyCase().toString());
    }
  }

  @Test
  void anItemLeavesNothingInTheNext() {
    List<Item> both = new ArrayList<>(items());
    both.add(Item.getDefaultInstance());
    both.add(Item.newBuilder().setFrame(Frame.getDefaultInstance()).build());
    both.add(Item.newBuilder().setOffer(Offer.getDefaultInstance()).build());
    both.addAll(items());
    Envelope sent = envelope(both);
    assertEquals(sent, read(sent.toByteString()));
  }

  /** A message that comes twice is put together, of a plain field the last one counts. */
  @Test
  void whatComesTwiceIsPutTogether() {
    for (FieldDescriptor kind : Item.getDescriptor().getFields()) {
      ByteString once = item(kind).toByteString();
      ByteString twice = once.concat(item(kind).toByteString());
      ByteString other = once.concat(items().get(filled % 4).toByteString());
      for (ByteString item : List.of(twice, other)) {
        same(enclosed(3, item), kind.getName());
      }
    }
    Frame frame = items().get(0).getFrame();
    Frame another = items().get(0).getFrame();
    assertNotEquals(frame, another);
    same(
        enclosed(3, enclosed(1, frame.toByteString().concat(another.toByteString()))),
        "fields of a frame");
  }

  private static ByteString enclosed(int field, ByteString bytes) {
    return UnknownFieldSet.newBuilder()
        .addField(field, UnknownFieldSet.Field.newBuilder().addLengthDelimited(bytes).build())
        .build()
        .toByteString();
  }

  @Test
  void whatANewerNodeAddsChangesNothingElse() {
    ByteString added =
        UnknownFieldSet.newBuilder()
            .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
            .addField(901, UnknownFieldSet.Field.newBuilder().addFixed32(7).build())
            .addField(
                902,
                UnknownFieldSet.Field.newBuilder()
                    .addGroup(
                        UnknownFieldSet.newBuilder()
                            .addField(1, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                            .build())
                    .build())
            .build()
            .toByteString();
    Frame frame = items().get(0).getFrame();
    ByteString longer =
        enclosed(1, frame.getId().toByteString().concat(added))
            .concat(frame.toBuilder().clearId().clearOutcome().build().toByteString())
            .concat(enclosed(7, frame.getOutcome().toByteString().concat(added)))
            .concat(added);
    ByteString sent = enclosed(3, enclosed(1, longer).concat(added)).concat(added);
    Envelope expected = Envelope.newBuilder().addItems(Item.newBuilder().setFrame(frame)).build();
    assertEquals(expected, known(sent));
    same(sent, "longer");
  }

  /** The end of a group that never began, in each message that is read here. */
  @Test
  void aGroupThatOnlyEndsIsGarbage() {
    ByteString end = ByteString.copyFrom(new byte[] {(byte) (15 << 3 | 4)});
    ByteString id = enclosed(1, Id.newBuilder().setNode(1).build().toByteString().concat(end));
    ByteString outcome = enclosed(7, Outcome.getDefaultInstance().toByteString().concat(end));
    List<ByteString> all = new ArrayList<>();
    for (int kind : List.of(1, 2, 16, 18, 3, 24)) {
      all.add(enclosed(3, enclosed(kind, end)));
      all.add(enclosed(3, enclosed(kind, ByteString.EMPTY).concat(end)));
    }
    for (int kind : List.of(1, 2, 3, 16, 18)) {
      all.add(enclosed(3, enclosed(kind, id)));
    }
    all.add(enclosed(3, end));
    all.add(enclosed(3, enclosed(1, outcome)));
    all.add(end);
    for (ByteString garbage : all) {
      assertNull(known(garbage));
      assertNull(read(garbage), garbage.toString());
    }
  }

  /** Deeper than protobuf goes. */
  @Test
  void groupsWithinGroupsDoNotFillTheStack() {
    byte[] begins = new byte[1_000_000];
    Arrays.fill(begins, (byte) (15 << 3 | 3));
    ByteString deep = ByteString.copyFrom(begins);
    assertNull(read(deep));
    assertNull(read(enclosed(3, enclosed(1, deep))));
  }

  @Test
  void whatIsCutOrChangedIsReadAsProtobufReadsIt() {
    Random random = new Random(11);
    int unreadable = 0;
    int changed = 0;
    for (int i = 0; i < 3_000; i++) {
      Envelope sent = envelope(List.of(items().get(List.of(0, 1, 11, 12).get(i & 3))));
      ByteString bytes = changed(sent.toByteString().toByteArray(), random);
      Envelope known = known(bytes);
      if (known == null) {
        unreadable++;
      } else if (!known.equals(sent)) {
        changed++;
      }
      same(bytes, "round " + i);
    }
    assertTrue(unreadable > 300 && changed > 300, unreadable + " " + changed);
  }

  private static ByteString changed(byte[] bytes, Random random) {
    for (int n = random.nextInt(3); n >= 0; n--) {
      int at = random.nextInt(random.nextBoolean() ? Math.min(60, bytes.length) : bytes.length);
      bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << n);
    }
    int size = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
    return ByteString.copyFrom(bytes, 0, size);
  }
}
