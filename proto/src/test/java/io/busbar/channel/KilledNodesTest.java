package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three members with publishers and subscribers on each, of which one after the other is killed
 * under load and replaced: the holder of the channel's ring, the holder of its copy, or the third.
 */
class KilledNodesTest {
  private static final long SEED = Long.getLong("busbar.seed", 5);
  private static final int FRAMES = 12;

  @Test
  void aNodeThatIsLostAloneCostsNeitherAFrameNorTheEpoch() throws Exception {
    oneAfterTheOther(12);
  }

  @Test
  void nodesThatAreLostWhileCopiesAreMadeCostAtMostTheEpoch() throws Exception {
    inQuickSuccession(4);
  }

  @Tag("long")
  @Test
  void theSameManyTimes() throws Exception {
    oneAfterTheOther(150);
    inQuickSuccession(100);
  }

  private static void oneAfterTheOther(int rounds) throws Exception {
    Random random = new Random(SEED);
    try (KillableChannel channel = new KillableChannel("seed " + SEED, random)) {
      for (int round = 0; round < rounds; round++) {
        channel.awaitCopies();
        round(channel, random);
      }
      channel.check();
      assertEquals(1, channel.epochs(), "epochs with seed " + SEED);
      assertEquals(channel.published(), channel.seen(), "frames with seed " + SEED);
    }
  }

  private static void inQuickSuccession(int rounds) throws Exception {
    Random random = new Random(SEED);
    try (KillableChannel channel = new KillableChannel("seed " + SEED, random)) {
      for (int round = 0; round < rounds; round++) {
        round(channel, random);
      }
      channel.check();
      assertTrue(channel.seen() > 0, "frames with seed " + SEED);
    }
  }

  /** Frames are under way when the node is lost, and before and after. */
  private static void round(KillableChannel channel, Random random) throws Exception {
    channel.publish(FRAMES);
    if (random.nextBoolean()) {
      channel.awaitAnswers();
      channel.publish(random.nextInt(FRAMES));
    }
    channel.kill(random.nextBoolean() ? channel.holder() : channel.any());
    channel.publish(FRAMES);
    channel.replace();
    channel.publish(FRAMES);
    channel.awaitAnswers();
  }
}
