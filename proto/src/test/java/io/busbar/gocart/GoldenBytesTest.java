package io.busbar.gocart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.busbar.gocart.wire.CartIdsReply;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.ControlPlaneGrpcService;
import io.busbar.gocart.wire.Empty;
import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.gocart.wire.PingReply;
import io.vertx.grpc.common.ServiceMethod;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes as go-cart's peers write and read them. */
class GoldenBytesTest {

  static Stream<Arguments> vectors() {
    return Stream.of(
        Arguments.of(Empty.getDefaultInstance(), ""),
        Arguments.of(
            PingReply.newBuilder().setHost("10.0.0.1").setUnixTime(1760078723L).build(),
            "0a0831302e302e302e311083d7a2c706"),
        Arguments.of(
            NegotiateRequest.newBuilder()
                .addKnownHosts("10.0.0.1")
                .addKnownHosts("10.0.0.2")
                .build(),
            "0a0831302e302e302e310a0831302e302e302e32"),
        Arguments.of(
            NegotiateReply.newBuilder().addHosts("10.0.0.1").build(), "0a0831302e302e302e31"),
        Arguments.of(
            CartIdsReply.newBuilder().addCartIds("c1").addCartIds("c2").build(),
            "0a0263310a026332"),
        Arguments.of(
            OwnerChangeRequest.newBuilder().setCartId("c1").setNewHost("10.0.0.2").build(),
            "0a026331120831302e302e302e32"),
        Arguments.of(OwnerChangeAck.newBuilder().setAccepted(true).build(), "0801"),
        Arguments.of(OwnerChangeAck.newBuilder().setMessage("owned").build(), "12056f776e6564"),
        Arguments.of(OwnerChangeAck.getDefaultInstance(), ""),
        Arguments.of(
            ClosingNotice.newBuilder().setHost("10.0.0.1").build(), "0a0831302e302e302e31"));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void messageIsWrittenAsPeersReadIt(Message message, String hex) {
    assertEquals(hex, HexFormat.of().formatHex(message.toByteArray()));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void bytesOfPeersAreReadInFull(Message message, String hex)
      throws InvalidProtocolBufferException {
    Message read = message.getParserForType().parseFrom(HexFormat.of().parseHex(hex));
    assertEquals(message, read);
    assertTrue(read.getUnknownFields().asMap().isEmpty(), "unknown fields");
  }

  @Test
  void additionsLeaveTheOldFieldsWhereTheyAre() throws InvalidProtocolBufferException {
    byte[] bytes =
        PingReply.newBuilder()
            .setHost("10.0.0.1")
            .setUnixTime(1760078723L)
            .setIncarnation(7)
            .addCapabilities("epoch.v1")
            .build()
            .toByteArray();
    assertEquals(
        "0a0831302e302e302e311083d7a2c706",
        HexFormat.of().formatHex(bytes).substring(0, 32),
        "an old peer reads these and skips the rest");
  }

  @Test
  void methodsHaveThePathsOfTheContract() {
    assertEquals(
        List.of(
            "/messages.ControlPlane/Ping",
            "/messages.ControlPlane/Negotiate",
            "/messages.ControlPlane/GetCartIds",
            "/messages.ControlPlane/ConfirmOwner",
            "/messages.ControlPlane/Closing"),
        Stream.<ServiceMethod<?, ?>>of(
                ControlPlaneGrpcService.Ping,
                ControlPlaneGrpcService.Negotiate,
                ControlPlaneGrpcService.GetCartIds,
                ControlPlaneGrpcService.ConfirmOwner,
                ControlPlaneGrpcService.Closing)
            .map(
                method ->
                    "/" + method.serviceName().fullyQualifiedName() + "/" + method.methodName())
            .toList());
  }

  @Test
  void laterLineHasItsOwnPathsAndTheSameBytes() {
    assertEquals(
        "control_plane_messages.ControlPlane",
        io.busbar.gocart.later.wire.ControlPlaneGrpcService.Ping.serviceName()
            .fullyQualifiedName());
    assertEquals(
        "0a0831302e302e302e311083d7a2c706",
        HexFormat.of()
            .formatHex(
                io.busbar.gocart.later.wire.PingReply.newBuilder()
                    .setHost("10.0.0.1")
                    .setUnixTime(1760078723L)
                    .build()
                    .toByteArray()));
  }
}
