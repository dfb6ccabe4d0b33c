package io.busbar.juniper;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mutated frames: each is read or refused in the declared way, whatever it is. */
class JuniperFuzzTest {
  private static final int ROUNDS =
      Integer.getInteger("busbar.fuzz", Boolean.getBoolean("busbar.long") ? 334_000 : 33_400);

  private static final List<String> FRAMES =
      List.of(
          "02000000020000000300000007000000666c6f617433320000803f00000040000040400000804"
              + "00000a0400000c040",
          "010000000100000009000000636f6d706c657836340000803f00000040",
          "0100000001000000030000003e66343f800000",
          "02000000000000000300000007000000666c6f61743332",
          "0000000007000000666c6f617433320000003f");

  private static final List<String> TEXTS =
      List.of(
          "{\"type\":\"metrics\",\"timestamp\":1788100000.25,\"data\":{\"epoch\":3},\"seq\":17,"
              + "\"emitted_at_monotonic\":5012.75}",
          "{\"type\":\"chunked_message\",\"timestamp\":1,\"data\":{\"chunk_id\":\"a\","
              + "\"chunk_index\":0,\"total_chunks\":2,\"original_type\":\"t\",\"payload\":\"{\"}}",
          "{\"type\":\"command_response\",\"timestamp\":\"1_0.5\",\"data\":{\"command\":\"start\","
              + "\"status\":\"success\",\"result\":{\"a\":[NaN,-Infinity]}}}",
          "{\"type\":\"initial_metrics\",\"timestamp\":1,\"data\":{\"metrics\":[],"
              + "\"count\":\"3\"}}",
          "{\"type\":\"connection_established\",\"data\":{\"channel\":\"control\"}}");

  private static final String REGISTER =
      "{\"type\":\"register\",\"worker_id\":\"9d5b-a\",\"capabilities\":{\"gpu\":false}}";

  private static final String RESULT =
      "{\"type\":\"task_result\",\"task_id\":\"0d3b\",\"candidate_id\":2,\"correlation\":0.41,"
          + "\"success\":true,\"epochs_completed\":200,\"tensor_manifest\":{\"weights\":"
          + "{\"shape\":[1],\"dtype\":\"float32\"}}}";

  @Test
  void everyMutatedTensorIsReadOrRefused() {
    Random random = new Random(20260905);
    long read = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes =
          mutate(random, HexFormat.of().parseHex(FRAMES.get(random.nextInt(FRAMES.size()))));
      try {
        BinaryFrame frame = BinaryFrame.decode(ByteBuffer.wrap(bytes));
        read++;
        Elements.hasNonFinite(frame);
        Elements.largest(frame);
        assertTrue(frame.encode().remaining() == frame.size());
      } catch (BinaryFrameException expected) {
        assertNotNull(expected.getMessage());
      } catch (RuntimeException e) {
        fail("round " + i + ", " + HexFormat.of().formatHex(bytes), e);
      }
    }
    assertTrue(read > ROUNDS / 100, "too few frames survive to say anything: " + read);
  }

  @Test
  void everyMutatedTextIsReadOrRefused() {
    Random random = new Random(20260906);
    Envelopes envelopes = new Envelopes(new UnknownLabels());
    long known = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes =
          mutate(random, TEXTS.get(random.nextInt(TEXTS.size())).getBytes(StandardCharsets.UTF_8));
      String text = new String(bytes, StandardCharsets.UTF_8);
      try {
        Envelope envelope = envelopes.validate(JuniperJson.read(text));
        known += envelope.known() ? 1 : 0;
        JuniperJson.write(envelope.data());
      } catch (JsonException expected) {
        assertNotNull(expected.getMessage());
      } catch (RuntimeException e) {
        fail("round " + i + ", " + text, e);
      }
    }
    assertTrue(known > ROUNDS / 100, "too few frames survive to say anything: " + known);
  }

  @Test
  void everyMutatedMessageOfAWorkerIsJudged() {
    Random random = new Random(20260907);
    Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
    tensors.put("weights", BinaryFrame.ofFloats(List.of(1), 1f));
    long accepted = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] seed = (i % 4 == 0 ? REGISTER : RESULT).getBytes(StandardCharsets.UTF_8);
      String text = new String(mutate(random, seed), StandardCharsets.UTF_8);
      try {
        Map<String, Object> frame = Envelopes.asObject(JuniperJson.read(text));
        if (frame != null) {
          if (Registration.faults(frame).isEmpty()) {
            Registration.of(frame);
          }
          boolean fits = ResultCheck.manifestFault(frame) == null;
          accepted += fits && ResultCheck.fault(frame, tensors) == null ? 1 : 0;
        }
      } catch (JsonException expected) {
        assertNotNull(expected.getMessage());
      } catch (RuntimeException e) {
        fail("round " + i + ", " + text, e);
      }
    }
    assertTrue(accepted > ROUNDS / 100, "too few results survive to say anything: " + accepted);
  }

  /** Kept inputs would be 64 MiB; what other tests of the JVM hold does not grow meanwhile. */
  @Test
  void nothingOfWhatWasReadIsKept() {
    Random random = new Random(20260911);
    Envelopes envelopes = new Envelopes(new UnknownLabels());
    String pad = ",\"pad\":\"" + "x".repeat(4096) + "\"}";
    long before = 0;
    for (int i = 0; i < 17_000; i++) {
      if (i == 1_000) {
        before = used();
      }
      String seed = i % 2 == 0 ? RESULT : TEXTS.get(random.nextInt(TEXTS.size()));
      byte[] bytes = mutate(random, seed.getBytes(StandardCharsets.UTF_8));
      String text = new String(bytes, StandardCharsets.UTF_8);
      String padded = text.replaceFirst("\\}\\s*$", pad).replace("\"metrics\"", "\"m" + i + "\"");
      try {
        Object read = JuniperJson.read(padded);
        envelopes.validate(read);
        Map<String, Object> frame = Envelopes.asObject(read);
        if (frame != null) {
          Registration.faults(frame);
          ResultCheck.manifestFault(frame);
        }
      } catch (JsonException expected) {
        assertNotNull(expected.getMessage());
      }
    }
    long grown = used() - before;
    assertTrue(grown < 32 << 20, grown + " bytes more");
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  static byte[] mutate(Random random, byte[] seed) {
    byte[] bytes = seed.clone();
    for (int edits = random.nextInt(4); edits > 0; edits--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = cut(bytes, 1 + at);
        default -> bytes = twice(bytes, at, random.nextInt(bytes.length - at) + 1);
      }
    }
    return bytes;
  }

  private static byte[] cut(byte[] bytes, int length) {
    return java.util.Arrays.copyOf(bytes, length);
  }

  private static byte[] twice(byte[] bytes, int at, int length) {
    byte[] longer = new byte[bytes.length + length];
    System.arraycopy(bytes, 0, longer, 0, at + length);
    System.arraycopy(bytes, at, longer, at + length, bytes.length - at);
    return longer;
  }
}
