package io.busbar.fnclient;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.RequestHead;
import io.busbar.grpc.GrpcHeaders;
import io.busbar.worker.ServedCall;
import java.util.LinkedHashMap;
import java.util.Map;

/** The gRPC metadata of an Engage: what the call brought, and the deadline of a detached one. */
final class CallMetadata {
  private static final String REQUEST_ID = "fn_request_id";
  private static final String BINARY = "-bin";
  private static final String FN = "fn";
  private static final int LONGEST_ID = 256;

  static Map<String, String> of(ServedCall served) {
    RequestHead head = served.offer().head();
    boolean named = head.getOrigin().equals(FN) || head.getClientId().isEmpty();
    if (!head.getDetached() && head.getMetadataCount() == 0 && named) {
      return Map.of();
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    long remaining = served.remainingMillis();
    if (head.getDetached() && remaining < Long.MAX_VALUE) {
      metadata.put("grpc-timeout", GrpcHeaders.timeout(remaining));
    }
    if (!named) {
      requestId(metadata, head.getClientId());
    }
    for (Map.Entry<String, ByteString> entry : head.getMetadataMap().entrySet()) {
      String name = entry.getKey();
      if (name.equals(REQUEST_ID)) {
        requestId(metadata, entry.getValue().toStringUtf8());
      } else if (name.endsWith(BINARY) && isName(name)) {
        metadata.put(name, GrpcHeaders.encodeBinary(entry.getValue()));
      }
    }
    return metadata;
  }

  private static void requestId(Map<String, String> metadata, String id) {
    if (id.length() <= LONGEST_ID && id.chars().allMatch(c -> c > ' ' && c < 127)) {
      metadata.put(REQUEST_ID, id);
    }
  }

  private static boolean isName(String name) {
    return name.chars()
        .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
  }

  private CallMetadata() {}
}
