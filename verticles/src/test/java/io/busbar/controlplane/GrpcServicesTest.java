package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.UnknownFieldSet;
import io.busbar.controlplane.core.OwnWeight;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** gRPC's own services, as any tool asks them. */
class GrpcServicesTest {
  private static final int NO_STATUS = -1;

  private Station a;
  private GrpcClient grpc;
  private final AtomicInteger status = new AtomicInteger(NO_STATUS);

  @BeforeEach
  void start() {
    a = new Station("a", List.of());
    grpc =
        GrpcClient.client(
            a.vertx,
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    Station.await(() -> a.node.view().state() == io.busbar.controlplane.core.NodeState.UP);
  }

  @AfterEach
  void stop() {
    Station.await(grpc.close());
    a.close();
  }

  private List<UnknownFieldSet> ask(String service, String method, UnknownFieldSet question) {
    List<UnknownFieldSet> seen = new CopyOnWriteArrayList<>();
    UnknownFieldSet empty = UnknownFieldSet.getDefaultInstance();
    int dot = service.lastIndexOf('.');
    ServiceMethod<UnknownFieldSet, UnknownFieldSet> called =
        ServiceMethod.client(
            ServiceName.create(service.substring(0, dot), service.substring(dot + 1)),
            method,
            GrpcMessageEncoder.encoder(),
            new ControlPlaneMethods.Lenient<>(empty.getParserForType(), empty, a.node));
    grpc.request(SocketAddress.inetSocketAddress(a.name().port(), "127.0.0.1"), called)
        .onSuccess(
            request -> {
              request
                  .response()
                  .onSuccess(
                      response -> {
                        response.handler(seen::add);
                        response.endHandler(v -> status.set(response.status().code));
                      });
              request.end(question);
            });
    return seen;
  }

  private static UnknownFieldSet text(int field, String value) {
    return Fields.bytes(field, ByteString.copyFromUtf8(value));
  }

  private List<UnknownFieldSet> health(String method, String service) {
    return ask("grpc.health.v1.Health", method, text(1, service));
  }

  private void awaitEnd() {
    Station.await(() -> status.get() != NO_STATUS);
  }

  @Test
  void nodeThatIsUpServes() {
    List<UnknownFieldSet> seen = health("Check", "messages.ControlPlane");
    awaitEnd();
    assertEquals(List.of(Fields.number(1, 1)), seen);
  }

  @Test
  void healthOfAnUnknownServiceIsNotFound() {
    List<UnknownFieldSet> seen = health("Check", "other.Service");
    awaitEnd();
    assertEquals(List.of(), seen);
    assertEquals(5, status.get());
  }

  @Test
  void watcherOfTheHealthIsToldThatTheNodeIsFencedAndNothingTwice() {
    List<UnknownFieldSet> seen = health("Watch", "");
    Station.await(() -> !seen.isEmpty());
    a.weight = new OwnWeight(1, 3);
    Station.await(() -> seen.size() == 2);
    assertEquals(List.of(Fields.number(1, 1), Fields.number(1, 2)), seen);
  }

  @Test
  void watcherOfAnUnknownServiceIsToldSoAndStays() {
    List<UnknownFieldSet> seen = health("Watch", "other.Service");
    Station.await(() -> !seen.isEmpty());
    assertEquals(List.of(Fields.number(1, 3)), seen);
    assertEquals(NO_STATUS, status.get());
  }

  @Test
  void reflectionListsTheServiceAndGivesItsFile() throws Exception {
    for (String version : List.of("v1", "v1alpha")) {
      String service = "grpc.reflection." + version + ".ServerReflection";
      status.set(NO_STATUS);
      List<UnknownFieldSet> list = ask(service, "ServerReflectionInfo", text(7, "*"));
      awaitEnd();
      assertTrue(Fields.text(list.get(0), 6).contains("messages.ControlPlane"));
      status.set(NO_STATUS);
      List<UnknownFieldSet> file =
          ask(service, "ServerReflectionInfo", text(4, "messages.ControlPlane.Ping"));
      awaitEnd();
      ByteString answer = file.get(0).getField(4).getLengthDelimitedList().get(0);
      ByteString bytes =
          UnknownFieldSet.parseFrom(answer).getField(1).getLengthDelimitedList().get(0);
      assertEquals("messages", FileDescriptorProto.parseFrom(bytes).getPackage());
    }
  }

  @Test
  void reflectionTellsTheLaterLineAndTheHealthServiceToo() throws Exception {
    List<UnknownFieldSet> list =
        ask("grpc.reflection.v1.ServerReflection", "ServerReflectionInfo", text(7, "*"));
    awaitEnd();
    String names = Fields.text(list.get(0), 6);
    assertTrue(names.contains("control_plane_messages.ControlPlane"), names);
    assertTrue(names.contains("grpc.health.v1.Health"), names);
    for (String symbol :
        List.of("control_plane_messages.ControlPlane.Negotiate", "grpc.health.v1.Health.Watch")) {
      status.set(NO_STATUS);
      List<UnknownFieldSet> file =
          ask("grpc.reflection.v1.ServerReflection", "ServerReflectionInfo", text(4, symbol));
      awaitEnd();
      ByteString answer = file.get(0).getField(4).getLengthDelimitedList().get(0);
      ByteString bytes =
          UnknownFieldSet.parseFrom(answer).getField(1).getLengthDelimitedList().get(0);
      assertTrue(symbol.startsWith(FileDescriptorProto.parseFrom(bytes).getPackage()), symbol);
    }
  }

  @Test
  void reflectionOfAnUnknownSymbolIsAnErrorAnswer() {
    List<UnknownFieldSet> seen =
        ask("grpc.reflection.v1.ServerReflection", "ServerReflectionInfo", text(4, "x.Y"));
    awaitEnd();
    assertTrue(Fields.has(seen.get(0), 7));
    assertEquals(0, status.get());
  }
}
