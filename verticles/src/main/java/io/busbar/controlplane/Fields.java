package io.busbar.controlplane;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;

/** Messages of gRPC's own services, by field number. */
final class Fields {
  private Fields() {}

  /** A method whose request, if unreadable, counts as an empty one. */
  static ServiceMethod<UnknownFieldSet, UnknownFieldSet> method(
      ServiceName service, String name, ControlPlaneNode node) {
    UnknownFieldSet empty = UnknownFieldSet.getDefaultInstance();
    return ServiceMethod.server(
        service,
        name,
        GrpcMessageEncoder.encoder(),
        new ControlPlaneMethods.Lenient<>(empty.getParserForType(), empty, node));
  }

  /** Whether the message has the field with bytes. */
  static boolean has(UnknownFieldSet message, int field) {
    return !message.getField(field).getLengthDelimitedList().isEmpty();
  }

  /** The last value of a text field, "" = none. */
  static String text(UnknownFieldSet message, int field) {
    var values = message.getField(field).getLengthDelimitedList();
    return values.isEmpty() ? "" : values.get(values.size() - 1).toStringUtf8();
  }

  static UnknownFieldSet number(int field, int value) {
    return UnknownFieldSet.newBuilder()
        .addField(field, UnknownFieldSet.Field.newBuilder().addVarint(value).build())
        .build();
  }

  static UnknownFieldSet bytes(int field, ByteString value) {
    return UnknownFieldSet.newBuilder()
        .addField(field, UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build())
        .build();
  }
}
