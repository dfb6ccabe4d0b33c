package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.busbar.gocart.wire.Bookmark;
import io.busbar.gocart.wire.HealthUpdate;
import io.busbar.gocart.wire.MemberChange;
import io.busbar.gocart.wire.MemberInfo;
import io.busbar.gocart.wire.MemberState;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.MembershipSnapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The changes of one node's view, numbered, the last {@value #KEPT} kept for watchers that come
 * back. Thread-safe; listeners are told on the thread of the change, in order, and must not block.
 */
final class MembershipLog {
  private static final int KEPT = 1024;

  private final String stream = UUID.randomUUID().toString();
  private final Deque<MembershipEvent> kept = new ArrayDeque<>();
  private final Set<Consumer<MembershipEvent>> listeners = new LinkedHashSet<>();
  private Map<HostName, MemberInfo> members = new TreeMap<>();
  private long revision;
  private long viewEpoch;
  private String source = "";

  /** Numbers what is different from the view before. */
  synchronized void view(View view, Map<HostName, MemberInfo> now) {
    source = view.self().toString();
    viewEpoch = view.epoch();
    if (now.equals(members)) {
      return;
    }
    Map<HostName, MemberInfo> before = members;
    members = now;
    now.forEach(
        (host, info) -> {
          MemberInfo old = before.get(host);
          if (!info.equals(old)) {
            MemberState from = old == null ? MemberState.MEMBER_STATE_UNSPECIFIED : old.getState();
            changed(info, from, cause(view, host, info, old));
          }
        });
    before.forEach(
        (host, old) -> {
          if (!now.containsKey(host)) {
            changed(old.toBuilder().setState(MemberState.REMOVED).build(), old.getState(), "gone");
          }
        });
  }

  private static String cause(View view, HostName host, MemberInfo now, MemberInfo before) {
    String told = view.facts(host).cause();
    if (before != null && before.getState() == now.getState()) {
      return "said by the host";
    }
    return told.isEmpty() ? "said by our nodes" : told;
  }

  private void changed(MemberInfo member, MemberState before, String cause) {
    revision++;
    MembershipEvent event =
        event()
            .setChange(
                MemberChange.newBuilder()
                    .setMember(member)
                    .setPreviousState(before)
                    .setCause(cause)
                    .setViewEpoch(viewEpoch))
            .build();
    kept.add(event);
    if (kept.size() > KEPT) {
      kept.poll();
    }
    listeners.forEach(listener -> listener.accept(event));
  }

  private MembershipEvent.Builder event() {
    return MembershipEvent.newBuilder()
        .setRevision(revision)
        .setStreamId(stream)
        .setSourceHost(source)
        .setUnixTimeMs(System.currentTimeMillis());
  }

  /**
   * Begins to listen.
   *
   * @param known stream that the listener followed before, "" = none
   * @param from last revision it saw of that
   * @return what it must be told first: what it missed, or all members
   */
  synchronized List<MembershipEvent> join(
      Consumer<MembershipEvent> listener, String known, long from) {
    listeners.add(listener);
    long oldest = kept.isEmpty() ? revision + 1 : kept.peek().getRevision();
    boolean resumes = from > 0 && known.equals(stream) && from <= revision && from + 1 >= oldest;
    if (!resumes) {
      return List.of(snapshot(from > 0));
    }
    List<MembershipEvent> missed = new ArrayList<>();
    for (MembershipEvent event : kept) {
      if (event.getRevision() > from) {
        missed.add(event);
      }
    }
    return missed;
  }

  synchronized void leave(Consumer<MembershipEvent> listener) {
    listeners.remove(listener);
  }

  /**
   * All members now.
   *
   * @param reset the listener must forget what it knew
   */
  synchronized MembershipEvent snapshot(boolean reset) {
    return event()
        .setSnapshot(
            MembershipSnapshot.newBuilder()
                .addAllMembers(members.values())
                .setViewEpoch(viewEpoch)
                .setReset(reset))
        .build();
  }

  /** What a host said of its health: has no revision of its own and is not kept. */
  synchronized MembershipEvent health(HealthBoard.Word word) {
    return event()
        .setHealth(
            HealthUpdate.newBuilder()
                .setHost(word.host().toString())
                .setIncarnation(word.incarnation())
                .setHealth(word.health()))
        .build();
  }

  /** A sign of life that tells where one stands. */
  synchronized MembershipEvent bookmark() {
    return event().setBookmark(Bookmark.newBuilder().setViewEpoch(viewEpoch)).build();
  }
}
