package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.CartIdsReply;
import io.busbar.gocart.wire.ControlPlaneGrpcClient;
import io.busbar.gocart.wire.Empty;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The protocol's table of claims with epochs, row by row, and lists in pages. */
class EpochTableTest {
  private Vertx vertx;
  private ScriptedHost x;
  private ScriptedHost y;
  private Station a;
  private PeerCalls client;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    x = new ScriptedHost(vertx);
    y = new ScriptedHost(vertx);
    client = new PeerCalls(vertx, "10.9.9.9", 30);
    a = new Station("a", List.of(x.name(), y.name()));
    a.awaitState(x.name(), Standing.LIVE);
    a.awaitState(y.name(), Standing.LIVE);
    Station.await(() -> a.node.view().state() == NodeState.UP);
  }

  @AfterEach
  void stop() {
    Station.await(client.close());
    a.close();
    x.close();
    y.close();
    Station.await(vertx.close());
  }

  private OwnerChangeRequest.Builder of(HostName host, OwnerChangeReason reason, long epoch) {
    return OwnerChangeRequest.newBuilder()
        .setCartId("k")
        .setNewHost(host.toString())
        .setReason(reason)
        .setEpoch(epoch);
  }

  private OwnerChangeAck ask(OwnerChangeRequest.Builder request) {
    return Station.await(client.confirm(a.name(), request.build()));
  }

  /** The epoch under which the first host has the key. */
  private long owned() {
    OwnerChangeAck ack = ask(of(x.name(), OwnerChangeReason.CLAIM, 1));
    assertTrue(ack.getAccepted(), ack.toString());
    return ack.getCurrentEpoch();
  }

  @Test
  void anEpochThatIsNotAboveTheKeysIsStaleAndTheAnswerSaysWhoseItIs() {
    long epoch = owned();
    for (long asked : new long[] {epoch, epoch - 1}) {
      OwnerChangeAck refused = ask(of(y.name(), OwnerChangeReason.CLAIM, asked));
      assertEquals(OwnerChangeCode.STALE_EPOCH, refused.getCode());
      assertEquals(x.name().toString(), refused.getCurrentOwner());
      assertEquals(epoch, refused.getCurrentEpoch());
    }
  }

  @Test
  void theOwnerMayAskAgainWithItsEpoch() {
    long epoch = owned();
    OwnerChangeAck again = ask(of(x.name(), OwnerChangeReason.CLAIM, epoch));
    assertTrue(again.getAccepted());
    assertEquals(epoch, again.getCurrentEpoch());
  }

  @Test
  void oneRequestIdIsOneClaim() {
    OwnerChangeRequest.Builder claim = of(x.name(), OwnerChangeReason.CLAIM, 1).setRequestId("r");
    long epoch = ask(claim).getCurrentEpoch();
    assertEquals(epoch, ask(claim).getCurrentEpoch());
  }

  @Test
  void aHigherEpochTakesNothingFromALiveOwner() {
    long epoch = owned();
    OwnerChangeAck refused = ask(of(y.name(), OwnerChangeReason.CLAIM, epoch + 1));
    assertEquals(OwnerChangeCode.ALREADY_OWNED, refused.getCode());
    assertEquals(x.name().toString(), refused.getCurrentOwner());
  }

  @Test
  void aHigherEpochTakesTheKeyOfAHostThatLeft() {
    long epoch = owned();
    HostName left = x.name();
    a.onDesk(desk -> desk.closing(left));
    x.close();
    a.awaitState(left, Standing.GONE);
    OwnerChangeAck ack = ask(of(y.name(), OwnerChangeReason.TAKEOVER, epoch + 1));
    assertTrue(ack.getAccepted(), ack.toString());
    assertTrue(ack.getCurrentEpoch() > epoch);
  }

  @Test
  void theOwnerHandsItsKeyOver() {
    long epoch = owned();
    OwnerChangeRequest.Builder handoff =
        of(y.name(), OwnerChangeReason.HANDOFF, epoch + 1).setPreviousHost(x.name().toString());
    OwnerChangeAck ack = ask(handoff);
    assertTrue(ack.getAccepted(), ack.toString());
    assertEquals(y.name().toString(), a.ownership.record("k").owner());
  }

  @Test
  void aHandOffOfAnEarlierEpochIsStale() {
    long epoch = owned();
    OwnerChangeRequest.Builder handoff =
        of(y.name(), OwnerChangeReason.HANDOFF, epoch).setPreviousHost(x.name().toString());
    assertEquals(OwnerChangeCode.STALE_EPOCH, ask(handoff).getCode());
  }

  @Test
  void listsComeInPagesToWhoAsksForThem() {
    for (int i = 0; i < 7; i++) {
      Station.await(a.ownership.claim("key-" + i));
    }
    GrpcClient grpc =
        GrpcClient.client(
            vertx,
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    List<String> keys = new ArrayList<>();
    int pages = 0;
    String token = "";
    CartIdsReply page;
    do {
      page = page(grpc, token);
      assertTrue(page.getCartIdsCount() <= 3, page.toString());
      assertEquals(page.getTruncated(), !page.getNextPageToken().isEmpty());
      keys.addAll(page.getCartIdsList());
      token = page.getNextPageToken();
      pages++;
    } while (page.getTruncated());
    assertEquals(3, pages);
    assertEquals(Station.await(client.list(a.name())).getCartIdsList(), keys);
    assertFalse(Station.await(client.list(a.name())).getTruncated());
    Station.await(grpc.close());
  }

  private CartIdsReply page(GrpcClient grpc, String token) {
    return Station.await(
        grpc.request(
                SocketAddress.inetSocketAddress(a.name().port(), "127.0.0.1"),
                ControlPlaneGrpcClient.GetCartIds)
            .compose(
                request -> {
                  request.headers().set("x-cp-page-size", "3").set("x-cp-page-token", token);
                  return request
                      .send(Empty.getDefaultInstance())
                      .compose(response -> response.last());
                }));
  }
}
