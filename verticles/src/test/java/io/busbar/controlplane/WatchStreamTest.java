package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gocart.wire.ControlPlaneGrpcClient;
import io.busbar.gocart.wire.MemberInfo;
import io.busbar.gocart.wire.MemberState;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.WatchMembershipRequest;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The end of a watch, and a watcher that does not read. */
class WatchStreamTest {
  private final List<MembershipEvent> seen = new CopyOnWriteArrayList<>();
  private Station a;
  private Station reader;
  private GrpcClient grpc;

  @BeforeEach
  void start() {
    a = new Station("a", List.of());
    reader = new Station("reader", List.of());
    grpc =
        GrpcClient.client(
            reader.vertx,
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
  }

  @AfterEach
  void stop() {
    Station.await(grpc.close());
    reader.close();
    a.close();
  }

  /** Not read before it is resumed, apart from what HTTP/2 takes anyway. */
  private GrpcClientResponse<WatchMembershipRequest, MembershipEvent> watch(boolean paused) {
    return Station.await(
        grpc.request(
                SocketAddress.inetSocketAddress(a.name().port(), "127.0.0.1"),
                ControlPlaneGrpcClient.WatchMembership)
            .compose(
                request -> {
                  var response =
                      request
                          .response()
                          .onSuccess(
                              answer -> {
                                if (paused) {
                                  answer.pause();
                                }
                                answer.handler(seen::add);
                              });
                  request.end(WatchMembershipRequest.getDefaultInstance());
                  return response;
                }));
  }

  @Test
  void theLastWordOfANodeThatLeavesIsThatItDoesAndTheEndIsOrderly() {
    GrpcClientResponse<WatchMembershipRequest, MembershipEvent> watch = watch(false);
    io.vertx.core.Future<Void> end = watch.end();
    String self = a.name().toString();
    a.drain();
    a.close();
    Station.await(end);
    assertEquals(GrpcStatus.OK, watch.status());
    MembershipEvent last = seen.get(seen.size() - 1);
    assertEquals(self, last.getChange().getMember().getHost());
    assertEquals(MemberState.LEAVING, last.getChange().getMember().getState());
  }

  @Test
  void whoDoesNotReadGetsOneSnapshotInsteadOfAllThatItMissed() {
    GrpcClientResponse<WatchMembershipRequest, MembershipEvent> watch = watch(true);
    int changes = 20_000;
    for (int i = 1; i <= changes; i++) {
      Map<io.busbar.controlplane.core.HostName, MemberInfo> members =
          new TreeMap<>(a.node.roll().members());
      members.put(a.name(), MemberInfo.newBuilder().setHost("h").setSinceUnixMs(i).build());
      a.node.log().view(a.node.view(), members);
    }
    watch.resume();
    Station.await(() -> seen.stream().anyMatch(event -> event.getSnapshot().getReset()));
    assertTrue(seen.size() < changes, seen.size() + " events");
    List<MembershipEvent> after = new ArrayList<>(seen);
    for (int i = 1; i < after.size(); i++) {
      boolean next = after.get(i).getRevision() == after.get(i - 1).getRevision() + 1;
      assertTrue(next || after.get(i).hasSnapshot() || after.get(i).hasBookmark(), "a gap");
    }
  }
}
