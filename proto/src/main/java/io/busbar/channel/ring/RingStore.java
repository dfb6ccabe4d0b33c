package io.busbar.channel.ring;

import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Rings of items with numbers that grow by one. Never blocks; futures complete on any thread. A
 * write is atomic, is in all synchronous backups when it succeeds, and repeating it is harmless.
 */
public interface RingStore {
  /** What a ring holds now. */
  Future<RingState> look(String channel);

  /**
   * Appends if the ring's newest item is the one with that sequence and epoch, or if it was this
   * very append that came after it. Fails with {@link RingChangedException} when the ring is
   * another; any other failure leaves open whether it was done.
   *
   * @param items may be empty
   * @param head items below it are dropped; the newest one always stays
   */
  Future<RingState> append(String channel, long tail, long epoch, List<byte[]> items, long head);

  /**
   * Empties the ring and puts this item at sequence 0, under the same condition as {@link #append}.
   */
  Future<RingState> begin(String channel, RingState expected, byte[] item);

  /**
   * Reads from a sequence on; waits until there is an item. Fails with {@link RingLostException}
   * when the sequence is too old, or beyond what comes next, or when the ring is of another epoch,
   * also when that epoch begins while it waits.
   */
  Future<List<byte[]>> read(String channel, long epoch, long from, int max);

  /** Forgets the ring, if it is still what is expected. */
  Future<RingState> drop(String channel, RingState expected);

  /**
   * What the copies of the ring on other members hold; empty = there are none. Fails when one of
   * them does not say it.
   */
  Future<List<RingState>> copies(String channel);

  /**
   * A number for where the ring and its copies are, another one after each change; negative while a
   * copy is missing that there should be, or while one is on a member that is gone.
   */
  int arrangement(String channel);

  /** Id of the member that holds the ring, null = nobody at present. */
  String owner(String channel);

  /** The channels whose rings are held by this member. */
  Set<String> held();

  /**
   * Tells when rings may have lost what was confirmed.
   *
   * @param listener given a number that {@link #part} gives for the channels concerned; on any
   *     thread
   */
  void onLoss(IntConsumer listener);

  /** Which part of the store holds a channel; negative = this member stops. */
  int part(String channel);

  /**
   * Tells when this member's half of a split cluster goes over to the other one, whose rings stand.
   *
   * @param begins its own rings are about to go; may be told without an end
   * @param ended it is a member of the other half, or is not merged after all
   */
  void onMerge(Runnable begins, Runnable ended);
}
