package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.MemberChange;
import io.busbar.gocart.wire.MemberState;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.NegotiateReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a watcher of the membership is told when it begins, comes back, or comes too late. */
class MembershipLogTest {
  private static final HostName SELF = HostName.parse("10.0.0.1").orElseThrow();
  private static final HostName X = HostName.parse("10.0.0.2").orElseThrow();

  private final MembershipLog log = new MembershipLog();
  private Roll roll = Roll.of(view(Map.of(), 1), null);
  private final List<MembershipEvent> told = new ArrayList<>();

  private static View view(Map<HostName, Standing> foreign, long epoch) {
    return new View(
        SELF,
        NodeState.UP,
        Map.of(SELF, "a"),
        Map.of(),
        foreign,
        foreign.size(),
        Map.of(SELF, 7L),
        NegotiateReply.getDefaultInstance(),
        epoch,
        Map.of(X, new MemberFacts(99, "second opinion", 5, List.of("watch.v1"), 1437)),
        false);
  }

  private void now(Standing standing, long epoch) {
    View view = view(standing == null ? Map.of() : Map.of(X, standing), epoch);
    roll = Roll.of(view, roll);
    log.view(view, roll.members());
  }

  private List<MembershipEvent> join(String stream, long from) {
    return log.join(told::add, stream, from);
  }

  @Test
  void aNewWatcherGetsASnapshotThatResetsNothing() {
    now(Standing.LIVE, 3);
    List<MembershipEvent> first = join("", 0);
    assertEquals(1, first.size());
    assertEquals(2, first.get(0).getSnapshot().getMembersCount());
    assertFalse(first.get(0).getSnapshot().getReset());
    assertEquals(3, first.get(0).getSnapshot().getViewEpoch());
  }

  @Test
  void aChangeTellsTheStateBeforeTheViewAndTheCause() {
    now(Standing.LIVE, 3);
    join("", 0);
    now(Standing.GONE, 4);
    MemberChange change = told.get(0).getChange();
    assertEquals(MemberState.DOWN, change.getMember().getState());
    assertEquals(MemberState.UP, change.getPreviousState());
    assertEquals(4, change.getViewEpoch());
    assertEquals("second opinion", change.getCause());
    assertEquals(99, change.getMember().getSinceUnixMs());
    assertEquals(1437, change.getMember().getTlsPort());
    assertEquals(List.of("watch.v1"), change.getMember().getCapabilitiesList());
  }

  @Test
  void aHostThatIsForgottenIsToldAsRemoved() {
    now(Standing.GONE, 3);
    join("", 0);
    now(null, 4);
    assertEquals(MemberState.REMOVED, told.get(0).getChange().getMember().getState());
    assertEquals(MemberState.DOWN, told.get(0).getChange().getPreviousState());
  }

  @Test
  void revisionsHaveNoGapAndBookmarksNoneOfTheirOwn() {
    now(Standing.LIVE, 3);
    join("", 0);
    now(Standing.SUSPECT, 3);
    assertEquals(told.get(0).getRevision(), log.bookmark().getRevision());
    now(Standing.LIVE, 3);
    assertEquals(told.get(0).getRevision() + 1, told.get(1).getRevision());
  }

  @Test
  void whoComesBackGetsWhatItMissed() {
    now(Standing.LIVE, 3);
    MembershipEvent first = join("", 0).get(0);
    now(Standing.SUSPECT, 3);
    now(Standing.GONE, 4);
    List<MembershipEvent> missed = join(first.getStreamId(), first.getRevision());
    assertEquals(2, missed.size());
    assertEquals(MemberState.DOWN, missed.get(1).getChange().getMember().getState());
  }

  @Test
  void whoMissedNothingGetsNothing() {
    now(Standing.LIVE, 3);
    MembershipEvent first = join("", 0).get(0);
    assertEquals(List.of(), join(first.getStreamId(), first.getRevision()));
  }

  @Test
  void whoComesBackTooLateGetsASnapshotThatResets() {
    now(Standing.LIVE, 3);
    MembershipEvent first = join("", 0).get(0);
    for (int i = 0; i < 520; i++) {
      now(Standing.SUSPECT, 3);
      now(Standing.LIVE, 3);
    }
    MembershipEvent again = join(first.getStreamId(), first.getRevision()).get(0);
    assertTrue(again.getSnapshot().getReset());
    List<MembershipEvent> inTime = join(first.getStreamId(), again.getRevision() - 1024);
    assertEquals(1024, inTime.size(), "so many are kept");
  }

  @Test
  void aNumberThatIsStillToComeResets() {
    now(Standing.LIVE, 3);
    MembershipEvent first = join("", 0).get(0);
    assertTrue(join(first.getStreamId(), first.getRevision() + 1).get(0).getSnapshot().getReset());
  }

  @Test
  void onlyTheTellersOwnHealthIsInItsListOfMembers() {
    now(Standing.LIVE, 3);
    var health = io.busbar.gocart.wire.HealthInfo.newBuilder().setGrainCount(4).build();
    roll.told(SELF, health)
        .forEach(
            member -> assertEquals(member.getHost().equals(SELF.toString()), member.hasHealth()));
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "1, 1", "60, 60", "61, 60", "-1, 60"})
  void bookmarksComeEveryOneToSixtySeconds(int asked, long seconds) {
    assertEquals(seconds, MembershipWatch.bookmarkSeconds(asked));
  }
}
