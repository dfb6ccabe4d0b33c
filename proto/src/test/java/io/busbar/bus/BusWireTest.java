package io.busbar.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.TextFormat;
import com.google.protobuf.UnknownFieldSet;
import io.busbar.bus.impl.LaneCore;
import io.busbar.bus.v1.BusWire;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Envelope;
import io.busbar.bus.v1.Frame;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.MemberChanged;
import io.busbar.bus.v1.SlotFree;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.testing.FakeLane;
import io.busbar.testing.FakeLink;
import io.busbar.testing.ManualClock;
import io.busbar.testing.RecordingObserver;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands on the wire: each message's bytes, and what a newer or a hostile sender may add. */
class BusWireTest {
  /** One line of the golden file. */
  record Golden(String name, String text, String hex) {
    Descriptor type() {
      Descriptor type = BusWire.getDescriptor().findMessageTypeByName(name);
      assertTrue(type != null, name + " is no message of the bus any more");
      return type;
    }

    byte[] bytes() {
      return HexFormat.of().parseHex(hex);
    }

    Message message() throws TextFormat.ParseException {
      DynamicMessage.Builder built = DynamicMessage.newBuilder(type());
      TextFormat.merge(text, built);
      return built.build();
    }
  }

  static List<Golden> golden() throws IOException {
    List<Golden> all = new ArrayList<>();
    try (InputStream in = BusWireTest.class.getResourceAsStream("/golden/bus.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.startsWith("#")) {
          String[] parts = line.split(" \\| ?", -1);
          all.add(new Golden(parts[0].strip(), parts[1].strip(), parts[2].strip()));
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("golden")
  void eachMessageHasItsBytes(Golden golden) throws Exception {
    assertEquals(golden.hex, HexFormat.of().formatHex(golden.message().toByteArray()));
    assertEquals(golden.message(), DynamicMessage.parseFrom(golden.type(), golden.bytes()));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void anUnknownFieldChangesNothingElse(Golden golden) throws Exception {
    ByteString longer =
        ByteString.copyFrom(golden.bytes())
            .concat(
                UnknownFieldSet.newBuilder()
                    .addField(1000, UnknownFieldSet.Field.newBuilder().addFixed64(7).build())
                    .build()
                    .toByteString());
    DynamicMessage read = DynamicMessage.parseFrom(golden.type(), longer);
    assertEquals(golden.message().getAllFields(), read.getAllFields());
    assertEquals(longer, read.toByteString());
  }

  @Test
  void eachFieldOfEachMessageStandsInTheGoldenFile() throws Exception {
    Set<String> there = new HashSet<>();
    for (Golden golden : golden()) {
      there.add(golden.name);
      for (FieldDescriptor field : golden.message().getAllFields().keySet()) {
        there.add(field.getFullName());
      }
    }
    for (Descriptor type : BusWire.getDescriptor().getMessageTypes()) {
      assertTrue(there.contains(type.getName()), type.getName() + " has no golden bytes");
      for (FieldDescriptor field : type.getFields()) {
        assertTrue(there.contains(field.getFullName()), field.getFullName() + " is not covered");
      }
    }
  }

  // ---- the codec

  private static BusCodec codec() throws Exception {
    Constructor<BusCodec> constructor = BusCodec.class.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  private static Buffer encoded(MessageLite body) throws Exception {
    Buffer buffer = Buffer.buffer("before");
    codec().encodeToWire(buffer, body);
    return buffer;
  }

  private static Envelope envelope(int data) {
    byte[] bytes = new byte[data];
    new Random(data).nextBytes(bytes);
    Frame frame =
        Frame.newBuilder()
            .setId(Id.newBuilder().setNode(1).setSeq(2))
            .setDirection(Direction.RESPONSE)
            .setOffset(3)
            .setData(ByteString.copyFrom(bytes))
            .build();
    SlotFree free = SlotFree.newBuilder().setPool("p").build();
    return Envelope.newBuilder()
        .setNode("node")
        .setLane(3)
        .addItems(Item.newBuilder().setFrame(frame))
        .addItems(Item.newBuilder().setSlotFree(free))
        .build();
  }

  @Test
  void bodiesOfEachKindReturnFromTheWire() throws Exception {
    List<MessageLite> bodies =
        List.of(
            envelope(0),
            envelope(100),
            envelope(200_000),
            WorkerChanged.newBuilder().setVersion(4).build(),
            MemberChanged.newBuilder().setLeft(true).build());
    for (MessageLite body : bodies) {
      assertEquals(body, codec().decodeFromWire(6, encoded(body)));
    }
  }

  @Test
  void theTagAndTheProtobufBytesStandOnTheWire() throws Exception {
    Envelope body = envelope(5);
    Buffer wire = encoded(body);
    assertEquals("before", wire.getString(0, 6));
    assertEquals(1, wire.getByte(6));
    assertEquals(body.toByteString(), ByteString.copyFrom(wire.getBytes(7, wire.length())));
  }

  @Test
  void anUnknownTagIsNoBody() throws Exception {
    assertNull(codec().decodeFromWire(0, Buffer.buffer(new byte[] {99, 1, 2})));
  }

  @Test
  void anEmptyMessageIsNoBody() throws Exception {
    assertNull(codec().decodeFromWire(0, Buffer.buffer()));
  }

  @Test
  void whatIsCutOrChangedNeverThrows() throws Exception {
    BusCodec codec = codec();
    byte[] whole = encoded(envelope(40_000)).getBytes(6, encoded(envelope(40_000)).length());
    Random random = new Random(5);
    int unreadable = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = whole.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        int at = random.nextBoolean() ? random.nextInt(60) : random.nextInt(bytes.length);
        bytes[at] = (byte) random.nextInt();
      }
      int size = random.nextInt(3) == 0 ? 1 + random.nextInt(bytes.length) : bytes.length;
      if (codec.decodeFromWire(0, Buffer.buffer(bytes).getBuffer(0, size)) == null) {
        unreadable++;
      }
    }
    assertTrue(unreadable > 500, "only " + unreadable);
  }

  @Test
  void onTheSameNodeTheObjectItselfIsTheBody() throws Exception {
    Envelope body = envelope(10);
    assertSame(body, codec().transform(body));
  }

  @Test
  void registeringTwiceIsHarmless() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      BusCodec.register(vertx);
      BusCodec.register(vertx);
      MessageCodec<?, ?> codec = codec();
      assertEquals(BusCodec.NAME, codec.name());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get();
    }
  }

  // ---- a lane that gets what it does not know

  @Test
  void anUnknownItemIsPassedOver() throws InvalidProtocolBufferException {
    ManualClock clock = new ManualClock();
    RecordingObserver observer = new RecordingObserver();
    LaneCore lane =
        (LaneCore)
            FakeLane.open(
                new FakeLink(clock, 1),
                clock,
                new NodeIdentity("me", "me", 1),
                0,
                BusOptions.DEFAULTS,
                new MemoryBudget(1 << 20),
                observer);
    List<String> pools = new ArrayList<>();
    lane.handle(Item.BodyCase.SLOT_FREE, (from, item) -> pools.add(item.getSlotFree().getPool()));
    Item unknown =
        Item.parseFrom(
            UnknownFieldSet.newBuilder()
                .addField(
                    500,
                    UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(ByteString.copyFromUtf8("new"))
                        .build())
                .build()
                .toByteString());
    lane.receive(envelope(0).toBuilder().addItems(0, unknown).build());
    assertEquals(List.of("p"), pools);
    assertEquals(1, observer.garbage.get());
  }

  @Test
  void aForeignBodyIsCountedAndDropped() {
    ManualClock clock = new ManualClock();
    RecordingObserver observer = new RecordingObserver();
    LaneCore lane =
        (LaneCore)
            FakeLane.open(
                new FakeLink(clock, 1),
                clock,
                new NodeIdentity("me", "me", 1),
                0,
                BusOptions.DEFAULTS,
                new MemoryBudget(1 << 20),
                observer);
    lane.receive(null);
    lane.receive(Envelope.getDefaultInstance());
    lane.receive(envelope(1).toBuilder().setLane(-1).build());
    assertEquals(3, observer.garbage.get());
  }
}
