package io.busbar.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes into frames: however they are cut, and what breaks the syntax. */
class FrameReaderTest {
  /** What a reader found; neighbouring parts of one DATA frame as one. */
  private static final class Found implements FrameSink {
    final List<String> frames = new ArrayList<>();
    private final ByteBuf parts = Unpooled.buffer();

    @Override
    public void preface() {
      frames.add("preface");
    }

    @Override
    public void data(int stream, int length, int padding) {
      frames.add("data " + stream + " " + length);
    }

    @Override
    public void part(int stream, ByteBuf in, int size, boolean ends) {
      parts.writeBytes(in, size);
      String last = frames.get(frames.size() - 1);
      int cut = last.indexOf(':');
      String hex = ByteBufUtil.hexDump(parts);
      frames.set(
          frames.size() - 1,
          (cut < 0 ? last : last.substring(0, cut)) + ": " + hex + (ends ? " end" : ""));
      if (ends) {
        parts.clear();
      }
    }

    @Override
    public void headers(int stream, ByteBuf block, boolean ends) {
      frames.add("headers " + stream + " " + ByteBufUtil.hexDump(block) + (ends ? " end" : ""));
    }

    @Override
    public void selfDependent(int stream) {
      frames.add("self " + stream);
    }

    @Override
    public void ignored() {
      frames.add("ignored");
    }

    @Override
    public void reset(int stream, long code) {
      frames.add("reset " + stream + " " + code);
    }

    @Override
    public void setting(int id, long value) {
      frames.add("setting " + id + " " + value);
    }

    @Override
    public void settingsEnd() {
      frames.add("settings");
    }

    @Override
    public void settingsAck() {
      frames.add("ack");
    }

    @Override
    public void ping(long data, boolean ack) {
      frames.add("ping " + data + (ack ? " ack" : ""));
    }

    @Override
    public void goAway(int lastStream, long code, String text) {
      frames.add("goaway " + lastStream + " " + code + " " + text);
    }

    @Override
    public void windowUpdate(int stream, int increment) {
      frames.add("window " + stream + " " + increment);
    }
  }

  private static ByteBuf everything() {
    return Unpooled.wrappedBuffer(
        Wire.preface(),
        Wire.setting(Frames.INITIAL_WINDOW_SIZE, 100_000),
        Wire.frame(Frames.HEADERS, 0x4, 1, "83 86 84"),
        Wire.frame(Frames.DATA, 0x8, 1, "02 61 62 63 00 00"),
        Wire.frame(Frames.DATA, 0x1, 1, "64"),
        Wire.frame(Frames.HEADERS, 0x1 | 0x8 | 0x20, 3, "01 80000007 10 83 00"),
        Wire.frame(Frames.CONTINUATION, 0, 3, "86"),
        Wire.frame(Frames.CONTINUATION, 0x4, 3, "84"),
        Wire.frame(Frames.PRIORITY, 0, 5, "00000003 01"),
        Wire.frame(Frames.PING, 0, 0, "0000000000000007"),
        Wire.frame(77, 3, 9, "01 02 03"),
        Wire.windowUpdate(0, 5),
        Wire.reset(1, 8),
        Wire.frame(Frames.SETTINGS, 1, 0, ""),
        Wire.frame(Frames.GOAWAY, 0, 0, "00000003 00000002 6f6b"));
  }

  private static final List<String> EXPECTED =
      List.of(
          "preface",
          "setting 4 100000",
          "settings",
          "headers 1 838684",
          "data 1 6: 616263",
          "data 1 1: 61626364 end",
          "headers 3 838684 end",
          "ignored",
          "ping 7",
          "ignored",
          "window 0 5",
          "reset 1 8",
          "ack",
          "goaway 3 2 ok");

  @Property(tries = 300)
  void framesComeOutTheSameHoweverTheBytesAreCut(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    ByteBuf bytes = everything();
    Found found = new Found();
    FrameReader reader = new FrameReader(found, Frames.PREFACE, 8192);
    int most = 1 + random.nextInt(40);
    while (bytes.isReadable()) {
      int size = Math.min(bytes.readableBytes(), 1 + random.nextInt(most));
      reader.read(bytes.readSlice(size));
    }
    assertEquals(EXPECTED, found.frames);
  }

  private static ConnectionFault fault(ByteBuf... frames) {
    FrameReader reader = new FrameReader(new Found(), "", 8192);
    return assertThrows(
        ConnectionFault.class,
        () -> {
          reader.read(Wire.settings());
          reader.read(Unpooled.wrappedBuffer(frames));
        });
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 61, PROTOCOL_ERROR",
    "0, 8, 1, 0561, PROTOCOL_ERROR",
    "0, 8, 1, '', FRAME_SIZE_ERROR",
    "1, 4, 0, 82, PROTOCOL_ERROR",
    "1, 12, 1, 0582, PROTOCOL_ERROR",
    "1, 36, 1, 000000, FRAME_SIZE_ERROR",
    "2, 0, 1, 00, FRAME_SIZE_ERROR",
    "2, 0, 0, 0000000301, PROTOCOL_ERROR",
    "3, 0, 0, 00000000, PROTOCOL_ERROR",
    "3, 0, 1, 000000, FRAME_SIZE_ERROR",
    "4, 0, 1, '', PROTOCOL_ERROR",
    "4, 1, 0, 000000000000, FRAME_SIZE_ERROR",
    "4, 0, 0, 0000, FRAME_SIZE_ERROR",
    "5, 4, 1, 0000000282, PROTOCOL_ERROR",
    "6, 0, 1, 0000000000000000, PROTOCOL_ERROR",
    "6, 0, 0, 00, FRAME_SIZE_ERROR",
    "7, 0, 1, 0000000000000000, PROTOCOL_ERROR",
    "7, 0, 0, 00000000, FRAME_SIZE_ERROR",
    "8, 0, 1, 00, FRAME_SIZE_ERROR",
    "9, 4, 1, 82, PROTOCOL_ERROR",
  })
  void aFrameThatBreaksTheSyntaxIsAFault(
      int type, int flags, int stream, String payload, Http2Error code) {
    assertEquals(code, fault(Wire.frame(type, flags, stream, payload)).code());
  }

  @Test
  void aFrameOver16KiBIsAFaultBeforeItsBytesCome() {
    assertEquals(Http2Error.FRAME_SIZE_ERROR, fault(Wire.hex("004001 00 00 00000001")).code());
  }

  @Test
  void anotherFrameWithinAHeaderBlockIsAFault() {
    ConnectionFault fault =
        fault(
            Wire.frame(Frames.HEADERS, 0, 1, "83"),
            Wire.frame(Frames.PING, 0, 0, "0000000000000000"));
    assertEquals(Http2Error.PROTOCOL_ERROR, fault.code());
  }

  @Test
  void anEndlessHeaderBlockIsAFault() {
    List<ByteBuf> frames = new ArrayList<>(List.of(Wire.frame(Frames.HEADERS, 0, 1, "")));
    for (int i = 0; i < 200; i++) {
      frames.add(Wire.frame(Frames.CONTINUATION, 0, 1, ""));
    }
    assertEquals(Http2Error.ENHANCE_YOUR_CALM, fault(frames.toArray(new ByteBuf[0])).code());
  }

  @Test
  void aLargeHeaderBlockIsAFault() {
    ByteBuf half = Unpooled.wrappedBuffer(new byte[5000]);
    assertEquals(
        Http2Error.ENHANCE_YOUR_CALM,
        fault(
                Wire.frame(Frames.HEADERS, 0, 1, half.duplicate()),
                Wire.frame(Frames.CONTINUATION, 0, 1, half.duplicate()))
            .code());
  }

  @Test
  void settingsComeFirst() {
    FrameReader reader = new FrameReader(new Found(), "", 8192);
    assertThrows(ConnectionFault.class, () -> reader.read(Wire.request(1, true)));
  }

  @Test
  void whatIsNoPrefaceIsAFaultAtItsFirstByte() {
    FrameReader reader = new FrameReader(new Found(), Frames.PREFACE, 8192);
    assertThrows(ConnectionFault.class, () -> reader.read(Wire.hex("47")));
  }
}
