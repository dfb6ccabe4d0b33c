package io.busbar.samples;

import static io.busbar.plugin.host.HostStage.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.plugin.host.FakeServedCall;
import io.busbar.plugin.host.HostStage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordCountTest {
  private static final String TEXT = "Häuser und 日本語\n𝄞 clef, end";

  private static List<JsonObject> lines(FakeServedCall call) {
    return call.body().toString().lines().map(JsonObject::new).toList();
  }

  @Test
  void emitsCountsAsItGoes() {
    try (HostStage stage = HostStage.with(WordCount::new)) {
      FakeServedCall call =
          stage.call().sends(Buffer.buffer("one two th"), Buffer.buffer("ree\nfour"));
      assertNull(failureOf(call));
      List<JsonObject> lines = lines(call);
      assertEquals(3, lines.size());
      assertEquals(3, lines.get(0).getInteger("words"));
      assertFalse(lines.get(0).containsKey("done"));
      JsonObject last = lines.get(2);
      assertEquals(4, last.getInteger("words"));
      assertEquals(1, last.getInteger("lines"));
      assertEquals(18, last.getInteger("bytes"));
      assertTrue(last.getBoolean("done"));
    }
  }

  @Test
  void anEmptyTextHasNothing() {
    try (HostStage stage = HostStage.with(WordCount::new)) {
      FakeServedCall call = stage.call().sends("");
      assertNull(failureOf(call));
      JsonObject last = lines(call).get(lines(call).size() - 1);
      assertEquals(0, last.getInteger("words"));
      assertTrue(last.getBoolean("done"));
    }
  }

  private static TextCounter count(byte[] text, int... cuts) {
    TextCounter counter = new TextCounter();
    int from = 0;
    for (int cut : cuts) {
      counter.add(Arrays.copyOfRange(text, from, cut));
      from = cut;
    }
    counter.add(Arrays.copyOfRange(text, from, text.length));
    counter.end();
    return counter;
  }

  private static void assertCounts(TextCounter counter) {
    assertEquals(6, counter.words());
    assertEquals(1, counter.lines());
    assertEquals(TEXT.codePointCount(0, TEXT.length()), counter.characters());
    assertEquals(TEXT.getBytes(StandardCharsets.UTF_8).length, counter.bytes());
  }

  @Test
  void anyCutGivesTheSameCounts() {
    byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
    for (int a = 0; a <= text.length; a++) {
      for (int b = a; b <= text.length; b++) {
        assertCounts(count(text, a, b));
      }
    }
  }

  @Test
  void bytesThatAreNoUtf8AreCounted() {
    TextCounter counter = count(new byte[] {'a', (byte) 0xff, ' ', (byte) 0xe6, (byte) 0x97});
    assertEquals(2, counter.words());
    assertEquals(4, counter.characters());
    assertEquals(5, counter.bytes());
  }

  @Test
  void noiseIsCountedTheSameInAnyPieces() {
    Random random = new Random(7);
    byte[] noise = new byte[3000];
    random.nextBytes(noise);
    TextCounter whole = count(noise);
    for (int round = 0; round < 50; round++) {
      int[] cuts = random.ints(20, 0, noise.length).sorted().toArray();
      TextCounter pieces = count(noise, cuts);
      assertEquals(whole.words(), pieces.words());
      assertEquals(whole.lines(), pieces.lines());
      assertEquals(whole.characters(), pieces.characters());
    }
  }
}
