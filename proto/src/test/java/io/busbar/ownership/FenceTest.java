package io.busbar.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.busbar.failure.FailureCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a resource refuses. */
class FenceTest {
  private static final Holder A = new Holder("a", 1);
  private static final Holder B = new Holder("b", 1);

  @TempDir private Path folder;

  @Test
  void aLowerEpochIsRefused() {
    Fence fence = new Fence();
    assertEquals(Fence.Verdict.ACCEPTED, fence.check(7, A));
    assertEquals(Fence.Verdict.ACCEPTED, fence.check(8, B));
    assertEquals(Fence.Verdict.STALE, fence.check(7, A));
  }

  @Test
  void theSameEpochOfAnotherHolderIsRefused() {
    Fence fence = new Fence();
    fence.check(7, A);
    assertEquals(Fence.Verdict.OTHER_HOLDER, fence.check(7, B));
    assertEquals(Fence.Verdict.OTHER_HOLDER, fence.check(7, new Holder("a", 2)));
    assertEquals(Fence.Verdict.ACCEPTED, fence.check(7, A));
  }

  @Test
  void whatIsNoEpochIsRefused() {
    Fence fence = new Fence();
    for (long epoch : new long[] {0, -1, Long.MIN_VALUE, Epochs.LARGEST + 1, Long.MAX_VALUE}) {
      assertEquals(Fence.Verdict.INVALID, fence.check(epoch, A));
    }
    assertEquals(0, fence.epoch());
  }

  @Test
  void aRefusalIsAFailureThatNamesBoth() {
    Fence fence = new Fence(9, B);
    assertEquals(FailureCode.STALE_EPOCH, fence.refuses(8, A).code());
    assertNull(fence.refuses(10, A));
  }

  @Test
  void aDurableFenceRemembersAfterItsProcess() throws IOException {
    Path file = folder.resolve("fence");
    try (DurableFence fence = DurableFence.open(file)) {
      assertNull(fence.refuses(41, A));
      assertNull(fence.refuses(42, B));
      assertNull(fence.refuses(42, B));
    }
    try (DurableFence fence = DurableFence.open(file)) {
      assertEquals(42, fence.epoch());
      assertEquals(B, fence.holder());
      assertNotNull(fence.refuses(41, A));
      assertEquals(Fence.Verdict.OTHER_HOLDER, fence.check(42, A));
      assertNull(fence.refuses(43, A));
    }
  }

  @Test
  void aTornWriteLeavesTheFenceBefore() throws IOException {
    Path file = folder.resolve("torn");
    for (int broken = 0; broken < 2; broken++) {
      Files.deleteIfExists(file);
      try (DurableFence fence = DurableFence.open(file)) {
        fence.check(1, A);
        fence.check(2, B);
      }
      byte[] bytes = Files.readAllBytes(file);
      bytes[broken * 512 + 20] ^= 1;
      Files.write(file, bytes);
      try (DurableFence fence = DurableFence.open(file)) {
        assertEquals(broken == 0 ? 1 : 2, fence.epoch());
      }
    }
  }

  @Test
  void aFileThatIsNoFenceIsRefused() throws IOException {
    Path file = folder.resolve("noise");
    byte[] noise = new byte[1024];
    new Random(1).nextBytes(noise);
    Files.write(file, noise);
    assertThrows(UncheckedIOException.class, () -> DurableFence.open(file));
  }
}
