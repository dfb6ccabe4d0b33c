package io.busbar.bus;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Envelope;
import io.busbar.bus.v1.Frame;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Constructor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One frame onto the wire between two nodes, and off it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
  @Param({"1024", "65536"})
  public int bytes;

  private BusCodec codec;
  private ByteString data;
  private Buffer encoded;

  @Setup
  public void open() throws ReflectiveOperationException {
    Constructor<BusCodec> constructor = BusCodec.class.getDeclaredConstructor();
    constructor.setAccessible(true);
    codec = constructor.newInstance();
    data = ByteString.copyFrom(new byte[bytes]);
    encoded = Buffer.buffer();
    codec.encodeToWire(encoded, envelope());
  }

  /** Objects as the lane makes them for each frame, and their bytes. */
  @Benchmark
  public Buffer encode() {
    Buffer buffer = Buffer.buffer(bytes + 256);
    codec.encodeToWire(buffer, envelope());
    return buffer;
  }

  @Benchmark
  public Object decode() {
    return codec.decodeFromWire(0, encoded);
  }

  private Envelope envelope() {
    Frame frame =
        Frame.newBuilder()
            .setId(Id.newBuilder().setNode(0x1234_5678_9abcL).setSeq(42))
            .setAttempt(1)
            .setDirection(Direction.REQUEST)
            .setOffset(65_536)
            .setData(data)
            .build();
    return Envelope.newBuilder()
        .setNode("7f4b3c1e-0000-4000-8000-1a2b3c4d5e6f")
        .setLane(1)
        .addItems(Item.newBuilder().setFrame(frame))
        .build();
  }
}
