package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.juniper.BinaryFrame;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tensors of a result, one after the other. */
class ResultIntakeTest {
  private static final Buffer TENSOR = buffer(BinaryFrame.ofFloats(List.of(2), 1, 2));

  private static Buffer buffer(BinaryFrame frame) {
    ByteBuffer bytes = frame.encode();
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return Buffer.buffer(copy);
  }

  private static ResultIntake of(long most, String... names) {
    Map<String, Object> manifest = new LinkedHashMap<>();
    for (String name : names) {
      manifest.put(name, Map.of());
    }
    return new ResultIntake(Map.of("tensor_manifest", manifest), most);
  }

  @Test
  void tensorsAreTakenInTheOrderOfTheManifest() {
    ResultIntake intake = of(1_000, "weights", "bias");
    assertEquals("weights", intake.awaited());
    assertNull(intake.take(TENSOR));
    assertEquals("bias", intake.awaited());
    assertNull(intake.take(TENSOR));
    assertTrue(intake.complete());
    assertEquals(List.of("weights", "bias"), List.copyOf(intake.tensors().keySet()));
  }

  @Test
  void withoutAManifestNothingIsAwaited() {
    assertTrue(of(0).complete());
    assertTrue(new ResultIntake(Map.of(), 0).complete());
  }

  @Test
  void aFrameAboveTheLimitIsTooLarge() {
    Buffer large = Buffer.buffer(new byte[BinaryFrame.MAX_BYTES + 1]);
    assertEquals("Binary frame too large", of(Long.MAX_VALUE, "weights").take(large));
  }

  @Test
  void framesThatTogetherAreAboveTheLimitOfAResultAreTooLarge() {
    ResultIntake intake = of(TENSOR.length() + 1, "weights", "bias");
    assertNull(intake.take(TENSOR));
    assertEquals("Binary frame too large", intake.take(TENSOR));
  }

  @Test
  void whatCannotBeReadIsNamed() {
    assertEquals(
        "Invalid binary frame for weights: Binary frame too short for shape header",
        of(1_000, "weights").take(Buffer.buffer(new byte[3])));
  }
}
