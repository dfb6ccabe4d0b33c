package io.busbar.ownership.map;

import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.busbar.ownership.rules.SessionRecord;
import io.busbar.ownership.rules.SessionRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a node does with the shared entries, in one of its lives: it renews its session, watches the
 * others', brings back what its disk has, claims keys, writes, releases and hands over.
 */
final class SimClaimant {
  static final long TTL = 3000;
  static final long MARGIN = 500;
  private static final long PATIENCE = 15_000;

  private record Seen(long renewals, long since) {}

  final SimMember member;
  final Map<String, Long> held = new TreeMap<>();
  Holder session;
  long floor;
  boolean restored;
  private final SimClaims world;
  private final SimEntries entries;
  private final int life;
  private final Map<Holder, Seen> seen = new HashMap<>();
  private final Set<Holder> ended = new HashSet<>();
  private final Map<String, Long> asking = new HashMap<>();
  private long until;
  private long incarnation;

  SimClaimant(SimClaims world, SimMember member, long floor, Map<String, byte[]> disk) {
    this.world = world;
    this.entries = world.entries;
    this.member = member;
    this.life = member.life;
    this.floor = floor;
    begin();
    world.sessions.stream()
        .filter(one -> one.host().equals(member.name) && !one.equals(session))
        .forEach(before -> session(before, new SessionRequest.End(clock(), "anew"), done -> {}));
    each(300, () -> TTL / 3, this::renew);
    each(500, () -> 700L, this::watch);
    each(1000, () -> 150L + entries.random.nextInt(250), this::work);
    bring(new TreeMap<>(disk));
  }

  boolean isAlive() {
    return member.up && member.life == life;
  }

  long clock() {
    return Math.max(1, world.base + entries.now + member.clockOff);
  }

  boolean canWrite(String key) {
    return isAlive() && entries.now < until && held.containsKey(key);
  }

  private void each(long first, java.util.function.LongSupplier pause, Runnable what) {
    entries.after(
        first,
        () -> {
          if (isAlive()) {
            what.run();
            each(pause.getAsLong(), pause, what);
          }
        });
  }

  private void begin() {
    incarnation = Math.max(incarnation + 1, clock());
    session = new Holder(member.name, incarnation);
    world.sessions.add(session);
    held.clear();
    until = 0;
  }

  // ---- sessions ----

  private void session(Holder whose, SessionRequest request, Consumer<SessionRecord> answer) {
    entries.operate(
        member,
        SimEntries.SESSION + OwnerCodec.sessionKey(whose),
        new SessionProcessor(request),
        said -> {
          SessionRecord record = isAlive() ? OwnerCodec.session(said) : null;
          if (record != null) {
            learn(whose, record);
            answer.accept(record);
          }
        });
  }

  private void renew() {
    Holder renewed = session;
    long sent = entries.now;
    session(
        renewed,
        new SessionRequest.Renew(clock(), TTL),
        record -> {
          if (!renewed.equals(session)) {
            return;
          } else if (record.ended()) {
            begin();
          } else {
            until = Math.max(until, sent + TTL - MARGIN);
          }
        });
  }

  private void learn(Holder whose, SessionRecord record) {
    long renewals = record == null ? 0 : record.renewals();
    Seen known = seen.get(whose);
    if (record != null && record.ended()) {
      ended.add(whose);
    } else if (known == null || renewals > known.renewals() || record == null != isAbsent(known)) {
      seen.put(whose, new Seen(renewals, entries.now));
    }
  }

  private static boolean isAbsent(Seen known) {
    return known.renewals() == 0;
  }

  private void watch() {
    for (Holder other : List.copyOf(world.sessions)) {
      Seen known = seen.get(other);
      boolean over = known != null && entries.now - known.since() > TTL + MARGIN;
      if (ended.contains(other) || other.equals(session)) {
        continue;
      } else if (over && entries.random.nextBoolean()) {
        session(other, new SessionRequest.Lapse(clock(), known.renewals(), "lapsed"), done -> {});
      } else {
        entries.read(
            member,
            SimEntries.SESSION + OwnerCodec.sessionKey(other),
            said -> learn(other, OwnerCodec.session(said)));
      }
    }
  }

  // ---- from the disk ----

  private void bring(Map<String, byte[]> left) {
    if (!isAlive()) {
      return;
    }
    restored = left.isEmpty();
    if (member.hasMajority() && !world.forgetsDisks()) {
      left.forEach((key, record) -> bring(left, key, record));
    } else if (world.forgetsDisks()) {
      left.clear();
    }
    if (!restored) {
      entries.after(300, () -> bring(left));
    }
  }

  private void bring(Map<String, byte[]> left, String key, byte[] record) {
    if (key.startsWith(SimEntries.SESSION)) {
      Holder whose = OwnerCodec.sessionHolder(key.substring(SimEntries.SESSION.length()));
      SessionRecord before = OwnerCodec.session(record);
      SessionRequest request =
          whose.host().equals(member.name) && !before.ended()
              ? new SessionRequest.End(clock(), "anew")
              : new SessionRequest.Restore(clock(), before);
      session(whose, request, done -> left.remove(key));
    } else {
      entries.operate(
          member,
          key,
          new RestoreProcessor(Map.of(key, record), floor),
          said -> {
            if (said != null) {
              left.remove(key);
            }
          });
    }
  }

  // ---- keys ----

  private void work() {
    boolean seldom = entries.random.nextInt(10) == 0;
    List<String> keys = seldom ? SimClaims.SELDOM : SimClaims.KEYS;
    String key = keys.get(entries.random.nextInt(keys.size()));
    Long epoch = held.get(key);
    if (entries.now >= until || !restored) {
      return;
    } else if (!canWrite(key)) {
      claim(key);
      return;
    }
    int what = seldom ? 0 : entries.random.nextInt(20);
    if (what == 0) {
      held.remove(key);
      asking(key);
      ask(key, stamp -> new OwnerRequest.Release(stamp, epoch), answer -> asking.remove(key));
    } else if (what == 1) {
      held.remove(key);
      asking(key);
      SimClaimant next = world.any();
      ask(
          key,
          stamp -> new OwnerRequest.Seal(stamp, epoch, next.member.name),
          answer -> {
            asking.remove(key);
            next.take(key, epoch);
          });
    } else {
      world.write(key, epoch, this);
    }
  }

  /** Not asked for again before the outcome is known, or nothing of it is on its way any more. */
  private boolean asking(String key) {
    boolean free = asking.getOrDefault(key, 0L) <= entries.now;
    if (free) {
      asking.put(key, entries.now + PATIENCE + 5000);
    }
    return free;
  }

  private void take(String key, long epoch) {
    if (isAlive() && entries.now < until && restored) {
      Holder own = session;
      told(key, own, stamp -> new OwnerRequest.Move(stamp, epoch, own, true), answer -> {});
    }
  }

  private void claim(String key) {
    Holder own = session;
    Stamp[] one = new Stamp[1];
    told(
        key,
        own,
        stamp -> {
          one[0] = stamp;
          return new OwnerRequest.ClaimKey(stamp, own, null, 0);
        },
        answer -> {
          OwnerRecord record = answer.record();
          if (answer.code() == OwnerCode.OWNED_BY_OTHER && ended.contains(record.holder())) {
            told(
                key,
                own,
                stamp -> new OwnerRequest.ClaimKey(one[0], own, record.holder(), 0),
                last -> {});
          } else if (answer.code() == OwnerCode.IS_SEALED) {
            // Whom it was sealed for did not come.
            ask(key, stamp -> new OwnerRequest.Unseal(stamp, record.epoch()), last -> {});
          }
        });
  }

  /** Asks, and takes a grant for this session. */
  private void told(
      String key, Holder own, Function<Stamp, OwnerRequest> make, Consumer<OwnerAnswer> otherwise) {
    if (!asking(key)) {
      return;
    }
    long since = world.highestTold(key);
    ask(
        key,
        make,
        answer -> {
          asking.remove(key);
          OwnerRecord record = answer.record();
          boolean mine =
              (answer.code() == OwnerCode.GRANTED || answer.code() == OwnerCode.HELD)
                  && record != null
                  && record.epoch() == answer.epoch()
                  && record.isHeldBy(own);
          if (!mine) {
            otherwise.accept(answer);
            return;
          }
          world.told(key, answer.epoch(), own, answer.code() == OwnerCode.GRANTED ? since : 0);
          if (own.equals(session)) {
            held.put(key, answer.epoch());
          }
        });
  }

  /** Repeats one request until its answer is certain, as OwnerQuestion does. */
  void ask(String key, Function<Stamp, OwnerRequest> make, Consumer<OwnerAnswer> answer) {
    long known = world.forgetsFloors() ? 0 : floor;
    OwnerRequest request = make.apply(new Stamp(entries.random.nextLong(), clock(), known));
    boolean[] over = {false};
    attempt(key, request, entries.now + PATIENCE, over, answer);
  }

  private void attempt(
      String key, OwnerRequest request, long end, boolean[] over, Consumer<OwnerAnswer> answer) {
    if (!isAlive() || over[0] || entries.now > end) {
      over[0] = true;
      return;
    }
    entries.operate(
        member,
        key,
        new DecideProcessor(request),
        said -> {
          OwnerAnswer heard = OwnerCodec.answer(key, said);
          if (isAlive() && !over[0] && heard.code() != OwnerCode.NO_MAJORITY) {
            over[0] = true;
            answer.accept(heard);
          }
        });
    entries.after(
        400 + entries.random.nextInt(400), () -> attempt(key, request, end, over, answer));
  }
}
