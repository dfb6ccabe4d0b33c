package io.busbar.controlplane;

import com.google.protobuf.ByteString;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.HealthInfo;
import io.busbar.gocart.wire.MemberInfo;
import io.busbar.gocart.wire.MemberState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The hosts of a view as others are told of them, and a digest over those that count: two hosts
 * with equal digests have nothing to tell each other.
 *
 * @param members by host
 * @param digest SHA-256 over a line {@code host|incarnation|state} of each host that is up, suspect
 *     or leaving, sorted by host
 */
record Roll(Map<HostName, MemberInfo> members, ByteString digest) {

  /** Of a view; the last one again if nothing changed. */
  static Roll of(View view, Roll last) {
    Map<HostName, MemberInfo> members = new TreeMap<>();
    view.own()
        .forEach(
            (host, name) -> {
              boolean leaves = view.draining().getOrDefault(host, false);
              MemberState state = leaves ? MemberState.LEAVING : MemberState.UP;
              members.put(
                  host, info(host, host.equals(view.self()) ? wire(view.state()) : state, view));
            });
    view.foreign().forEach((host, standing) -> members.put(host, info(host, wire(standing), view)));
    return last != null && last.members().equals(members)
        ? last
        : new Roll(members, digest(members));
  }

  private static MemberInfo info(HostName host, MemberState state, View view) {
    MemberFacts facts = view.facts(host);
    long life = view.incarnations().getOrDefault(host, 0L);
    boolean isQuiet = facts.since() == 0 && view.own().containsKey(host);
    return MemberInfo.newBuilder()
        .setHost(host.toString())
        .setState(state)
        .setIncarnation(life)
        .setSinceUnixMs(isQuiet ? life : facts.since())
        .addAllCapabilities(facts.capabilities())
        .setTlsPort(facts.tlsPort())
        .build();
  }

  /** As the node that tells them does, with its own health; others' would make lists too long. */
  List<MemberInfo> told(HostName self, HealthInfo health) {
    List<MemberInfo> told = new ArrayList<>(members.size());
    members.forEach(
        (host, info) ->
            told.add(
                health != null && host.equals(self)
                    ? info.toBuilder().setHealth(health).build()
                    : info));
    return told;
  }

  static ByteString digest(Map<HostName, MemberInfo> members) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    members.forEach(
        (host, info) -> {
          if (counts(info.getState())) {
            String line =
                host + "|" + Long.toUnsignedString(info.getIncarnation()) + "|" + info.getState();
            sha.update((line + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
    return ByteString.copyFrom(sha.digest());
  }

  private static boolean counts(MemberState state) {
    return state == MemberState.UP || state == MemberState.SUSPECT || state == MemberState.LEAVING;
  }

  static MemberState wire(NodeState state) {
    return switch (state) {
      case STARTING, JOINING -> MemberState.JOINING;
      case UP -> MemberState.UP;
      case FENCED -> MemberState.SUSPECT;
      case DRAINING, CLOSING, STOPPED -> MemberState.LEAVING;
    };
  }

  private static MemberState wire(Standing standing) {
    return switch (standing) {
      case LIVE -> MemberState.UP;
      case SUSPECT -> MemberState.SUSPECT;
      case LEAVING -> MemberState.LEAVING;
      case GONE -> MemberState.DOWN;
      case UNKNOWN -> MemberState.JOINING;
    };
  }
}
