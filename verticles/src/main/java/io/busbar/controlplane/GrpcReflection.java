package io.busbar.controlplane;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.UnknownFieldSet;
import io.busbar.gocart.later.wire.LaterControlPlaneWire;
import io.busbar.gocart.wire.ControlPlaneWire;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * gRPC's server reflection, version 1 and its older name: tells tools the contracts of what is
 * served: line A, the later line and the health service when they are on. One answer per question,
 * taken no faster than the asker takes the answers.
 */
final class GrpcReflection {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcReflection.class);
  private static final int FILE_BY_NAME = 3;
  private static final int FILE_OF_SYMBOL = 4;
  private static final int LIST_SERVICES = 7;
  private static final int ORIGINAL_REQUEST = 2;
  private static final int FILE_ANSWER = 4;
  private static final int LIST_ANSWER = 6;
  private static final int ERROR_ANSWER = 7;

  private final ControlPlaneNode node;
  private final List<FileDescriptor> files = new ArrayList<>();

  GrpcReflection(ControlPlaneNode node) {
    this.node = node;
    files.add(ControlPlaneWire.getDescriptor());
    if (node.options().laterLine()) {
      files.add(LaterControlPlaneWire.getDescriptor());
    }
    if (node.options().health()) {
      files.add(HealthContract.file());
    }
  }

  void bind(GrpcServer server) {
    for (String version : new String[] {"grpc.reflection.v1", "grpc.reflection.v1alpha"}) {
      server.callHandler(
          Fields.method(
              ServiceName.create(version, "ServerReflection"), "ServerReflectionInfo", node),
          this::open);
    }
  }

  private void open(GrpcServerRequest<UnknownFieldSet, UnknownFieldSet> request) {
    node.meters().request("ServerReflectionInfo");
    request.response().drainHandler(v -> request.resume());
    request.exceptionHandler(cause -> LOG.debug("control plane: reflection ended", cause));
    request.handler(
        question -> {
          request
              .response()
              .write(answer(question))
              .onFailure(cause -> LOG.debug("control plane: reflection ended", cause));
          if (request.response().writeQueueFull()) {
            request.pause();
          }
        });
    request.endHandler(v -> request.response().end());
  }

  private UnknownFieldSet answer(UnknownFieldSet question) {
    UnknownFieldSet result;
    FileDescriptor found = find(question);
    if (Fields.has(question, LIST_SERVICES)) {
      UnknownFieldSet.Builder list = UnknownFieldSet.newBuilder();
      for (FileDescriptor file : files) {
        for (ServiceDescriptor service : file.getServices()) {
          ByteString name = ByteString.copyFromUtf8(service.getFullName());
          list.mergeFrom(Fields.bytes(1, Fields.bytes(1, name).toByteString()));
        }
      }
      result = Fields.bytes(LIST_ANSWER, list.build().toByteString());
    } else if (found != null) {
      ByteString bytes = found.toProto().toByteString();
      result = Fields.bytes(FILE_ANSWER, Fields.bytes(1, bytes).toByteString());
    } else {
      UnknownFieldSet error =
          Fields.number(1, GrpcStatus.NOT_FOUND.code).toBuilder()
              .mergeFrom(Fields.bytes(2, ByteString.copyFromUtf8("not known here")))
              .build();
      result = Fields.bytes(ERROR_ANSWER, error.toByteString());
    }
    return result.toBuilder()
        .mergeFrom(Fields.bytes(ORIGINAL_REQUEST, question.toByteString()))
        .build();
  }

  /** Null = nothing of that name. */
  private FileDescriptor find(UnknownFieldSet question) {
    String name = Fields.text(question, FILE_BY_NAME);
    String symbol = Fields.text(question, FILE_OF_SYMBOL);
    for (FileDescriptor file : files) {
      if (name.equals(file.getName()) || has(file, symbol)) {
        return file;
      }
    }
    return null;
  }

  private static boolean has(FileDescriptor file, String symbol) {
    for (ServiceDescriptor service : file.getServices()) {
      String name = service.getFullName();
      if (symbol.equals(name)
          || (symbol.startsWith(name + ".")
              && service.findMethodByName(symbol.substring(name.length() + 1)) != null)) {
        return true;
      }
    }
    for (Descriptor message : file.getMessageTypes()) {
      if (symbol.equals(message.getFullName())) {
        return true;
      }
    }
    return file.getEnumTypes().stream().anyMatch(one -> symbol.equals(one.getFullName()));
  }
}
