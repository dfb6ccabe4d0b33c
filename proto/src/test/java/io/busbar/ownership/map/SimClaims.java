package io.busbar.ownership.map;

import io.busbar.ownership.Fence;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.OwnerRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Nodes that claim the same keys, under a schedule of faults out of one seed. Whatever breaks a
 * promise is written down. Faults come one at a time: as many losses at once as there are copies
 * are promised to nobody; a stop of all is survived by what is on the disks.
 */
final class SimClaims {
  /** What is taken away to show that the simulation notices. */
  enum Mutation {
    NONE,
    NO_MAJORITY,
    COPIES_DO_NOT_CONFIRM,
    NO_FLOOR,
    THE_SMALLER_HALF_STANDS,
    NO_DISK
  }

  static final List<String> KEYS = List.of("k1", "k2", "k3");

  /** Asked for now and then, and given back at once, so that they are forgotten. */
  static final List<String> SELDOM = List.of("s1", "s2", "s3", "s4");

  private static final long FAULTS = 45_000;
  private static final long SETTLE = 30_000;
  private static final long TOMBSTONES = 1500;

  final SimEntries entries;
  final Set<Holder> sessions = new LinkedHashSet<>();
  final List<String> broken = new ArrayList<>();
  long base = 1_760_000_000_000L;
  int grants;
  int writes;
  int takeovers;
  private final Mutation mutation;
  private final Map<SimMember, SimClaimant> claimants = new HashMap<>();
  private final Map<String, Long> highest = new HashMap<>();
  private final Map<String, Holder> holders = new HashMap<>();
  private final Map<String, Fence> fences = new HashMap<>();
  private final Map<String, Long> lastWritten = new HashMap<>();
  private final Set<String> lost = new HashSet<>();
  private final Set<Holder> lostSessions = new HashSet<>();

  SimClaims(long seed, Mutation mutation, boolean traced) {
    this.mutation = mutation;
    SplittableRandom random = new SplittableRandom(seed);
    entries = new SimEntries(random, 3 + random.nextInt(3), traced);
    entries.majorityCounts = mutation != Mutation.NO_MAJORITY;
    entries.copiesConfirm = mutation != Mutation.COPIES_DO_NOT_CONFIRM;
    entries.higherEpochStands = mutation != Mutation.THE_SMALLER_HALF_STANDS;
    entries.superseded = this::superseded;
    entries.endedByMerge = session -> lostSessions.add(OwnerCodec.sessionHolder(session));
    entries.started = this::started;
    entries.members.forEach(this::started);
  }

  boolean forgetsDisks() {
    return mutation == Mutation.NO_DISK;
  }

  boolean forgetsFloors() {
    return mutation == Mutation.NO_FLOOR;
  }

  void run() {
    entries.after(2000, this::fault);
    entries.after(3000, this::sweep);
    entries.after(FAULTS, () -> entries.calm = true);
    while (broken.isEmpty() && entries.next(FAULTS + SETTLE)) {
      checkWriters();
    }
    for (String key : KEYS) {
      if (broken.isEmpty() && lastWritten.getOrDefault(key, 0L) < FAULTS + SETTLE / 2) {
        broken("nobody writes to " + key + " long after the last fault");
      }
    }
    if (broken.isEmpty() && !entries.allSeeAll()) {
      broken("not all see all long after the last fault");
    }
  }

  void broken(String promise) {
    entries.say("BROKEN " + promise);
    broken.add(promise);
  }

  private void started(SimMember member) {
    SimClaimant before = claimants.get(member);
    long floor = before == null ? 0 : before.floor;
    claimants.put(member, new SimClaimant(this, member, floor, member.disk));
  }

  SimClaimant any() {
    return claimants.get(entries.members.get(entries.random.nextInt(entries.members.size())));
  }

  // ---- faults ----

  private void fault() {
    if (entries.calm) {
      return;
    } else if (!entries.isWhole()) {
      entries.after(50, this::fault);
      return;
    }
    SimMember one = any().member;
    int what = entries.random.nextInt(10);
    if (what < 4) {
      Set<SimMember> off = new HashSet<>(Set.of(one));
      entries.members.stream().filter(m -> entries.random.nextInt(3) == 0).forEach(off::add);
      entries.cut(off);
      entries.after(2000 + entries.random.nextInt(12_000), entries::heal);
    } else if (what < 7) {
      entries.crash(one);
      entries.after(500 + entries.random.nextInt(8_000), () -> entries.start(one));
    } else {
      stopAll();
    }
    entries.after(4000, this::fault);
  }

  private void stopAll() {
    entries.members.forEach(entries::crash);
    // Whoever sets the clocks sets them all: back by a day, or not.
    base += entries.random.nextBoolean() ? -86_400_000 : 0;
    for (SimMember member : entries.members) {
      entries.after(500 + entries.random.nextInt(4000), () -> entries.start(member));
    }
  }

  /** What {@code Tombstones} does: the floor first, and once all know it the records. */
  private void sweep() {
    entries.after(2500, this::sweep);
    SimClaimant sweeper = claimants.get(entries.members.get(0));
    if (!entries.isWhole() || !claimants.values().stream().allMatch(one -> one.restored)) {
      return;
    }
    for (String key : SELDOM) {
      SimMember first = sweeper.member.view.first(key, entries.copies());
      OwnerRecord record = OwnerCodec.record(key, first.copies.get(key));
      if (record != null
          && !record.isHeld()
          && record.changed() < sweeper.clock() - TOMBSTONES
          && record.epoch() > 0) {
        claimants.values().forEach(one -> one.floor = Math.max(one.floor, record.epoch()));
        sweeper.ask(key, stamp -> new OwnerRequest.Drop(stamp, record.epoch()), answer -> {});
      }
    }
  }

  // ---- what is promised ----

  long highestTold(String key) {
    return highest.getOrDefault(key, 0L);
  }

  /**
   * @param since the highest epoch of which somebody was told before this was asked
   */
  void told(String key, long epoch, Holder holder, long since) {
    entries.say(holder + " is told of " + key + " under " + epoch);
    Holder known = holders.putIfAbsent(key + "@" + epoch, holder);
    if (known != null && !known.equals(holder)) {
      broken("epoch " + epoch + " of " + key + " is " + known + "'s and " + holder + "'s");
    }
    if (since != 0 && epoch <= since && known == null) {
      broken("epoch " + epoch + " of " + key + " began after " + since);
    }
    if (known == null) {
      grants++;
    }
    highest.merge(key, epoch, Math::max);
  }

  void write(String key, long epoch, SimClaimant writer) {
    Fence fence = fences.computeIfAbsent(key, k -> new Fence());
    Holder before = fence.holder();
    Fence.Verdict verdict = fence.check(epoch, writer.session);
    boolean wasLost = isLost(key, epoch, writer.session);
    if (verdict == Fence.Verdict.OTHER_HOLDER || (verdict != Fence.Verdict.ACCEPTED && !wasLost)) {
      broken(writer.session + " writes to " + key + " under " + epoch + ": " + verdict);
    }
    if (verdict == Fence.Verdict.ACCEPTED) {
      writes++;
      lastWritten.put(key, entries.now);
      takeovers += before != null && !before.equals(writer.session) ? 1 : 0;
    }
  }

  private boolean isLost(String key, long epoch, Holder holder) {
    return lostSessions.contains(holder) || lost.contains(grant(key, epoch, holder));
  }

  private static String grant(String key, long epoch, Holder holder) {
    return Arrays.asList(key, epoch, holder).toString();
  }

  /**
   * Who loses a key, or its session, in a merge is told later: until then only the fence keeps it
   * out.
   */
  private void superseded(OwnerRecord loser, OwnerRecord winner) {
    entries.say(loser.holder() + " loses " + loser.key() + " under " + loser.epoch());
    lost.add(grant(loser.key(), loser.epoch(), loser.holder()));
    if (!winner.isHeld() && winner.holder() != null) {
      lost.add(grant(loser.key(), loser.epoch(), winner.holder()));
    }
  }

  /** By their own leases at most one may write at any instant. */
  private void checkWriters() {
    for (String key : KEYS) {
      Holder first = null;
      for (SimClaimant one : claimants.values()) {
        if (one.canWrite(key) && !isLost(key, one.held.get(key), one.session)) {
          if (first != null) {
            broken("two may write to " + key + ": " + first + " and " + one.session);
          }
          first = one.session;
        }
      }
    }
  }
}
