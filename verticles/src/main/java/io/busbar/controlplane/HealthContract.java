package io.busbar.controlplane;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;

/** The contract of gRPC's health service, for reflection. Source: grpc/health/v1/health.proto. */
final class HealthContract {
  private static final String PACKAGE = "grpc.health.v1";
  private static final String REQUEST = "HealthCheckRequest";
  private static final String RESPONSE = "HealthCheckResponse";
  private static final String[] STATES = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};

  private HealthContract() {}

  static FileDescriptor file() {
    EnumDescriptorProto.Builder states = EnumDescriptorProto.newBuilder().setName("ServingStatus");
    for (int i = 0; i < STATES.length; i++) {
      states.addValue(EnumValueDescriptorProto.newBuilder().setName(STATES[i]).setNumber(i));
    }
    FieldDescriptorProto.Builder field =
        FieldDescriptorProto.newBuilder()
            .setNumber(1)
            .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL);
    FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .setName("grpc/health/v1/health.proto")
            .setPackage(PACKAGE)
            .setSyntax("proto3")
            .addMessageType(
                DescriptorProto.newBuilder()
                    .setName(REQUEST)
                    .addField(
                        field
                            .clone()
                            .setName("service")
                            .setType(FieldDescriptorProto.Type.TYPE_STRING)))
            .addMessageType(
                DescriptorProto.newBuilder()
                    .setName(RESPONSE)
                    .addEnumType(states)
                    .addField(
                        field
                            .clone()
                            .setName("status")
                            .setType(FieldDescriptorProto.Type.TYPE_ENUM)
                            .setTypeName(name(RESPONSE) + ".ServingStatus")))
            .addService(
                ServiceDescriptorProto.newBuilder()
                    .setName("Health")
                    .addMethod(method("Check"))
                    .addMethod(method("Watch").setServerStreaming(true)))
            .build();
    try {
      return FileDescriptor.buildFrom(file, new FileDescriptor[0]);
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodDescriptorProto.Builder method(String name) {
    return MethodDescriptorProto.newBuilder()
        .setName(name)
        .setInputType(name(REQUEST))
        .setOutputType(name(RESPONSE));
  }

  private static String name(String message) {
    return "." + PACKAGE + "." + message;
  }
}
