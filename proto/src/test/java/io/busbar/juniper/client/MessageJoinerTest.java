package io.busbar.juniper.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageJoinerTest {
  private static final int MOST = 200_000;
  private final List<String> told = new ArrayList<>();
  private int awaited;
  private final MessageJoiner joiner = new MessageJoiner(MOST, new Told());

  private final class Told implements Link.Handler {
    @Override
    public void opened() {}

    @Override
    public void text(String message) {
      told.add("text " + message);
    }

    @Override
    public void binary(Buffer message) {
      told.add("binary " + message);
    }

    @Override
    public int awaited() {
      return awaited;
    }

    @Override
    public void lost(String reason) {}
  }

  private static Buffer bytes(String text) {
    return Buffer.buffer(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 140_001, 190_000, 1_000_000})
  void fragmentsAreJoinedWhateverLengthWasAwaited(int length) {
    awaited = length;
    String half = "x".repeat(70_000);
    assertTrue(joiner.take(WebSocketFrame.binaryFrame(bytes(half), false)));
    assertTrue(joiner.take(WebSocketFrame.pingFrame(bytes("?"))));
    assertTrue(joiner.take(WebSocketFrame.continuationFrame(bytes(half), false)));
    assertTrue(joiner.take(WebSocketFrame.continuationFrame(bytes("y"), true)));
    assertEquals(List.of("binary " + half + half + "y"), told);
  }

  @Test
  void textIsTextInOneFrameOrMore() {
    assertTrue(joiner.take(WebSocketFrame.textFrame("a", true)));
    assertTrue(joiner.take(WebSocketFrame.textFrame("b", false)));
    assertTrue(joiner.take(WebSocketFrame.continuationFrame(bytes("\u00e9"), true)));
    assertEquals(List.of("text a", "text b\u00e9"), told);
  }

  @Test
  void aMessageThatIsTooLongIsRefused() {
    assertTrue(joiner.take(WebSocketFrame.binaryFrame(bytes("x".repeat(MOST)), false)));
    assertFalse(joiner.take(WebSocketFrame.continuationFrame(bytes("y"), true)));
    assertEquals(List.of(), told);
  }

  @Test
  void fragmentsOutOfOrderAreRefused() {
    assertFalse(joiner.take(WebSocketFrame.continuationFrame(bytes("y"), true)));
    assertTrue(joiner.take(WebSocketFrame.binaryFrame(bytes("x"), false)));
    assertFalse(joiner.take(WebSocketFrame.binaryFrame(bytes("x"), true)));
  }
}
