package io.busbar.ownership.impl;

import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.OwnerChange.Kind;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** What a change of an entry means for those who watch, and how it is written. */
public final class OwnerChanges {
  private OwnerChanges() {}

  /** Null = nothing that anybody has to know. Either record may be null = none. */
  static OwnerChange of(String key, OwnerRecord before, OwnerRecord after, long time) {
    Kind kind = kind(before, after);
    return kind == null
        ? null
        : new OwnerChange(
            kind,
            key,
            after,
            before != null && before.isHeld() ? before.holder() : null,
            before == null ? 0 : before.epoch(),
            time);
  }

  private static Kind kind(OwnerRecord before, OwnerRecord after) {
    if (after == null) {
      return null;
    }
    boolean sameGrant = before != null && before.epoch() == after.epoch();
    if (!sameGrant && after.isHeld()) {
      return before != null && before.isHeld() ? Kind.MOVED : Kind.CLAIMED;
    } else if (!sameGrant && after.state() == OwnerState.RELEASED) {
      return Kind.RELEASED;
    } else if (before == null || before.state() == after.state()) {
      return after.reservation() != null ? Kind.RESERVED : null;
    }
    return switch (after.state()) {
      case SEALED -> Kind.SEALED;
      case OWNED -> Kind.UNSEALED;
      case RELEASED -> Kind.RELEASED;
      case FREE -> null;
    };
  }

  static OwnerChange sessionEnded(Holder session, long time) {
    return new OwnerChange(Kind.SESSION_ENDED, "", null, session, 0, time);
  }

  static OwnerChange superseded(OwnerRecord loser, OwnerRecord winner, long time) {
    return new OwnerChange(
        Kind.SUPERSEDED, loser.key(), winner, loser.holder(), loser.epoch(), time);
  }

  static OwnerChange uncertain(long time) {
    return new OwnerChange(Kind.UNCERTAIN, "", null, null, 0, time);
  }

  /** Content of a frame of the channel, and of an event for people. */
  public static JsonObject json(OwnerChange change) {
    JsonObject json = new JsonObject().put("kind", change.kind().wireName());
    if (!change.key().isEmpty()) {
      json.put("key", change.key());
    }
    OwnerRecord record = change.record();
    if (record != null) {
      json.put("state", record.state().name().toLowerCase(java.util.Locale.ROOT))
          .put("host", record.owner())
          .put("epoch", record.epoch());
      if (record.isHeld()) {
        json.put("incarnation", record.holder().incarnation());
      }
      if (record.reservation() != null) {
        json.put("reserved_for", record.reservation().holder().host());
      }
      if (!record.target().isEmpty()) {
        json.put("target", record.target());
      }
    }
    if (change.previous() != null) {
      json.put("previous", change.previous().host())
          .put("previous_incarnation", change.previous().incarnation());
    }
    if (change.previousEpoch() != 0) {
      json.put("previous_epoch", change.previousEpoch());
    }
    return json;
  }

  /** Content of a frame for keys of a session that is over. */
  static JsonObject freed(Holder ended, Map<String, Long> keys) {
    JsonObject epochs = new JsonObject();
    keys.forEach(epochs::put);
    return new JsonObject()
        .put("kind", Kind.FREED.wireName())
        .put("previous", ended.host())
        .put("previous_incarnation", ended.incarnation())
        .put("keys", epochs);
  }

  /**
   * Content of a frame for many keys that went the same way.
   *
   * @param to holder after it, or last one of released keys
   * @param from holder before, null = none
   * @param epochs by key, after the change
   */
  static JsonObject many(Kind kind, Holder to, Holder from, JsonObject epochs) {
    boolean released = kind == Kind.RELEASED;
    JsonObject json =
        new JsonObject()
            .put("kind", kind.wireName())
            .put("state", released ? "released" : "owned")
            .put("host", released ? "" : to.host());
    if (!released) {
      json.put("incarnation", to.incarnation());
    }
    if (from != null) {
      json.put("previous", from.host()).put("previous_incarnation", from.incarnation());
    }
    return json.put("keys", epochs);
  }
}
