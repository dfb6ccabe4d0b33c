package io.busbar.ownership.map;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.busbar.bus.v1.OwnerChanged;
import io.busbar.bus.v1.OwnerDone;
import io.busbar.bus.v1.OwnerEntry;
import io.busbar.bus.v1.OwnerFreed;
import io.busbar.bus.v1.OwnerHolder;
import io.busbar.bus.v1.OwnerKept;
import io.busbar.bus.v1.OwnerSaid;
import io.busbar.bus.v1.OwnerSession;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerRecord.Done;
import io.busbar.ownership.OwnerRecord.Reservation;
import io.busbar.ownership.OwnerState;
import io.busbar.ownership.rules.SessionRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Records and answers as protobuf messages and bytes. */
public final class OwnerCodec {
  private static final OwnerState[] STATES = OwnerState.values();

  private OwnerCodec() {}

  static OwnerHolder wire(Holder holder) {
    return OwnerHolder.newBuilder()
        .setHost(holder.host())
        .setIncarnation(holder.incarnation())
        .build();
  }

  static Holder holder(OwnerHolder wire) {
    return new Holder(wire.getHost(), wire.getIncarnation());
  }

  /** Content of an entry. */
  static OwnerEntry wire(OwnerRecord record) {
    OwnerEntry.Builder entry = state(record);
    for (Done done : record.done()) {
      entry.addDone(
          OwnerDone.newBuilder()
              .setRequest(done.request())
              .setCode(done.code().wire())
              .setEpoch(done.epoch()));
    }
    return entry.build();
  }

  /** Without the changes that repeats are recognised by: those count in the entry only. */
  private static OwnerEntry.Builder state(OwnerRecord record) {
    OwnerEntry.Builder entry =
        OwnerEntry.newBuilder()
            .setState(record.state().ordinal())
            .setEpoch(record.epoch())
            .setTarget(record.target())
            .setChanged(record.changed());
    if (record.holder() != null) {
      entry.setHolder(wire(record.holder()));
    }
    if (record.reservation() != null) {
      entry
          .setReserved(wire(record.reservation().holder()))
          .setReservedUntil(record.reservation().until());
    }
    return entry;
  }

  static OwnerState state(int number) {
    return STATES[Math.min(number, STATES.length - 1)];
  }

  static OwnerRecord record(String key, OwnerEntry entry) {
    List<Done> done = new ArrayList<>(entry.getDoneCount());
    for (OwnerDone one : entry.getDoneList()) {
      done.add(new Done(one.getRequest(), OwnerCode.ofWire(one.getCode()), one.getEpoch()));
    }
    return new OwnerRecord(
        key,
        state(entry.getState()),
        entry.hasHolder() ? holder(entry.getHolder()) : null,
        entry.getEpoch(),
        entry.getTarget(),
        entry.hasReserved()
            ? new Reservation(holder(entry.getReserved()), entry.getReservedUntil())
            : null,
        entry.getChanged(),
        done);
  }

  /** Of a record, without reading the rest of it. */
  static long epoch(byte[] record) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(record);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == OwnerEntry.EPOCH_FIELD_NUMBER) {
          return in.readUInt64();
        }
        in.skipField(tag);
      }
      return 0;
    } catch (IOException e) {
      throw new IllegalStateException("the epoch of a record cannot be read", e);
    }
  }

  /** Null = null. */
  static byte[] bytes(OwnerRecord record) {
    return record == null ? null : wire(record).toByteArray();
  }

  /** Null = null. Throws IllegalStateException for bytes that are no record. */
  static OwnerRecord record(String key, byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      return record(key, OwnerEntry.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the record of key '" + key + "' cannot be read", e);
    }
  }

  static byte[] bytes(OwnerAnswer answer) {
    return bytes(answer, null, null);
  }

  /**
   * The same when the record of the answer may be one that is written already.
   *
   * @param record null = none is
   * @param written that record
   */
  static byte[] bytes(OwnerAnswer answer, OwnerRecord record, OwnerEntry written) {
    OwnerSaid.Builder said =
        OwnerSaid.newBuilder().setCode(answer.code().wire()).setEpoch(answer.epoch());
    if (answer.record() != null) {
      said.setEntry(answer.record() == record ? written : wire(answer.record()));
    }
    return said.build().toByteArray();
  }

  static OwnerAnswer answer(String key, byte[] bytes) {
    try {
      OwnerSaid said = OwnerSaid.parseFrom(bytes);
      return new OwnerAnswer(
          OwnerCode.ofWire(said.getCode()),
          said.getEpoch(),
          said.hasEntry() ? record(key, said.getEntry()) : null);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the answer for key '" + key + "' cannot be read", e);
    }
  }

  static byte[] bytes(SessionRecord session) {
    return OwnerSession.newBuilder()
        .setEnded(session.ended())
        .setRenewals(session.renewals())
        .setTtlMs(session.ttlMillis())
        .setCause(session.cause())
        .setChanged(session.changed())
        .build()
        .toByteArray();
  }

  /** Null = null. */
  static SessionRecord session(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      OwnerSession wire = OwnerSession.parseFrom(bytes);
      return new SessionRecord(
          wire.getEnded(), wire.getRenewals(), wire.getTtlMs(), wire.getCause(), wire.getChanged());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the record of a session cannot be read", e);
    }
  }

  /** Key of a session's record. */
  static String sessionKey(Holder holder) {
    return holder.host() + "#" + holder.incarnation();
  }

  static Holder sessionHolder(String key) {
    int hash = key.lastIndexOf('#');
    return new Holder(key.substring(0, hash), Long.parseLong(key, hash + 1, key.length(), 10));
  }

  public static OwnerChanged wire(OwnerChange change) {
    OwnerChanged.Builder wire =
        OwnerChanged.newBuilder()
            .setKind(change.kind().wireName())
            .setKey(change.key())
            .setPreviousEpoch(change.previousEpoch())
            .setTime(change.time());
    if (change.record() != null) {
      wire.setEntry(state(change.record()));
    }
    if (change.previous() != null) {
      wire.setPrevious(wire(change.previous()));
    }
    return wire.build();
  }

  public static OwnerChange change(OwnerChanged wire) {
    return new OwnerChange(
        OwnerChange.Kind.ofWireName(wire.getKind()),
        wire.getKey(),
        wire.hasEntry() ? record(wire.getKey(), wire.getEntry()) : null,
        wire.hasPrevious() ? holder(wire.getPrevious()) : null,
        wire.getPreviousEpoch(),
        wire.getTime());
  }

  /** For the disk; record null = gone. */
  public static OwnerKept kept(boolean session, String key, byte[] record) {
    OwnerKept.Builder kept = OwnerKept.newBuilder().setKey(key).setOfSession(session);
    if (record != null && session) {
      kept.setSession(UnsafeByteOperations.unsafeWrap(record));
    } else if (record != null) {
      kept.setEntry(UnsafeByteOperations.unsafeWrap(record));
    }
    return kept.build();
  }

  /** The record of a key from a disk; only of one that has an entry. */
  public static OwnerRecord record(OwnerKept kept) {
    return record(kept.getKey(), kept.getEntry().toByteArray());
  }

  /** Whose session a record from a disk is. */
  public static Holder holder(OwnerKept kept) {
    return sessionHolder(kept.getKey());
  }

  public static SessionRecord session(OwnerKept kept) {
    return session(kept.getSession().toByteArray());
  }

  /** Keys of a session that is over, with their epochs. */
  public static OwnerFreed freed(Holder ended, Map<String, Long> keys, long time) {
    OwnerFreed.Builder freed = OwnerFreed.newBuilder().setHolder(wire(ended)).setTime(time);
    keys.forEach((key, epoch) -> freed.addKeys(key).addEpochs(epoch));
    return freed.build();
  }

  public static List<OwnerChange> freed(OwnerFreed wire) {
    Holder ended = holder(wire.getHolder());
    List<OwnerChange> changes = new ArrayList<>(wire.getKeysCount());
    for (int i = 0; i < wire.getKeysCount(); i++) {
      long epoch = i < wire.getEpochsCount() ? wire.getEpochs(i) : 0;
      changes.add(
          new OwnerChange(
              OwnerChange.Kind.FREED, wire.getKeys(i), null, ended, epoch, wire.getTime()));
    }
    return changes;
  }
}
