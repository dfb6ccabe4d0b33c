package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Table 2.4, row by row, as a host answers it that keeps its votes in memory. */
class VoteRulesTest {
  private static final HostName SELF = HostName.parse("self").orElseThrow();
  private static final HostName A = HostName.parse("a").orElseThrow();
  private static final HostName B = HostName.parse("b").orElseThrow();

  private static Held held(HostName owner, Standing standing, boolean lapsed) {
    return new Held(owner, standing, true, lapsed, 5, null);
  }

  private static final Held OURS = held(SELF, Standing.LIVE, false);
  private static final Held SEALED = new Held(SELF, Standing.LIVE, true, false, 5, A);
  private static final Held RESERVED = new Held(B, Standing.LIVE, false, false, 5, null);

  static Stream<Arguments> rows() {
    NodeState up = NodeState.UP;
    Standing live = Standing.LIVE;
    return Stream.of(
        Arguments.of(1, up, null, live, 0L, null, Vote.Reason.INVALID, "invalid"),
        Arguments.of(2, NodeState.FENCED, A, live, 0L, null, Vote.Reason.NO_QUORUM, "no quorum"),
        Arguments.of(2, NodeState.JOINING, A, live, 0L, null, Vote.Reason.JOINING, "joining"),
        Arguments.of(
            3, up, A, Standing.UNKNOWN, 0L, null, Vote.Reason.UNAVAILABLE, "host not available"),
        Arguments.of(
            3, up, A, Standing.GONE, 0L, null, Vote.Reason.UNAVAILABLE, "host not available"),
        Arguments.of(
            3, up, A, Standing.LEAVING, 0L, null, Vote.Reason.UNAVAILABLE, "host not available"),
        Arguments.of(4, NodeState.DRAINING, SELF, live, 0L, null, Vote.Reason.DRAINING, "draining"),
        Arguments.of(5, up, A, live, 0L, null, Vote.Reason.RESERVED, ""),
        Arguments.of(6, up, B, live, 0L, RESERVED, Vote.Reason.REFRESHED, ""),
        Arguments.of(7, up, A, live, 0L, SEALED, Vote.Reason.HANDED_OVER, ""),
        Arguments.of(8, up, B, live, 0L, SEALED, Vote.Reason.OWNED, "owned by self"),
        Arguments.of(8, up, A, live, 9L, OURS, Vote.Reason.OWNED, "owned by self"),
        Arguments.of(9, up, A, live, 0L, held(B, live, false), Vote.Reason.OWNED, "owned by b"),
        Arguments.of(9, up, A, live, 0L, RESERVED, Vote.Reason.RESERVED_FOR_OTHER, "owned by b"),
        Arguments.of(
            9, up, A, live, 0L, held(B, Standing.LEAVING, false), Vote.Reason.OWNED, "owned by b"),
        Arguments.of(
            10,
            up,
            A,
            live,
            0L,
            held(B, Standing.SUSPECT, false),
            Vote.Reason.OWNER_SUSPECT,
            "owner suspect, retry"),
        Arguments.of(11, up, A, live, 0L, held(B, Standing.GONE, true), Vote.Reason.TAKEN_OVER, ""),
        Arguments.of(
            11,
            up,
            A,
            live,
            0L,
            held(B, Standing.GONE, false),
            Vote.Reason.LEASED,
            "owner's lease runs, retry"),
        Arguments.of(
            12, up, A, live, 5L, held(B, live, true), Vote.Reason.STALE_EPOCH, "owned by b"),
        Arguments.of(12, NodeState.CLOSING, A, live, 0L, null, Vote.Reason.DRAINING, "closing"));
  }

  @ParameterizedTest(name = "row {0}: {6}")
  @MethodSource("rows")
  void rowIsAnsweredSo(
      int row,
      NodeState node,
      HostName newHost,
      Standing standing,
      long epoch,
      Held held,
      Vote.Reason reason,
      String text) {
    Vote vote = Votes.judge(node, SELF, newHost, standing, epoch, null, held);
    assertEquals(reason, vote.reason());
    assertEquals(text, vote.text());
    assertEquals(text.isEmpty(), vote.accepted());
  }

  static Stream<Arguments> releases() {
    return Stream.of(
        Arguments.of(new Release(B, 5), 6L, true),
        Arguments.of(new Release(B, 4), 6L, false),
        Arguments.of(new Release(A, 5), 6L, false),
        Arguments.of(new Release(B, 5), 5L, false));
  }

  @ParameterizedTest
  @MethodSource("releases")
  void handOverIsForOneOwnerAndOneEpoch(Release release, long epoch, boolean accepted) {
    Held held = held(B, Standing.LIVE, false);
    assertEquals(
        accepted,
        Votes.judge(NodeState.UP, SELF, A, Standing.LIVE, epoch, release, held).accepted());
  }
}
