package io.busbar.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.MultiMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of a gRPC call. */
class GrpcHeadersTest {
  @ParameterizedTest
  @CsvSource({
    "1H,3600000", "2M,120000", "397S,397000", "5m,5", "2500u,2", "1n,1", "0S,1",
    "99999999H,359999996400000", "x,-1", "S,-1", "'',-1", "123456789S,-1", "-1S,-1", "1s,-1"
  })
  void timeouts(String value, long millis) {
    assertEquals(millis, GrpcHeaders.timeoutMillis(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/grpc", "application/grpc+proto", "Application/GRPC; charset=utf-8"})
  void contentTypesOfGrpc(String type) {
    assertTrue(GrpcHeaders.isGrpc(type));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "application/grpc-web", "application/grpc+json", "", "grpc"})
  void otherContentTypes(String type) {
    assertFalse(GrpcHeaders.isGrpc(type));
    assertFalse(GrpcHeaders.isGrpc(null));
  }

  @Test
  void binaryMetadataWithAndWithoutPadding() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("a-bin", "AAE=")
            .add("b-bin", "AAE")
            .add("c-bin", "no base64!")
            .add("-bin", "AAE")
            .add("plain", "AAE");
    var found = GrpcHeaders.binary(headers);
    assertEquals(Set.of("a-bin", "b-bin"), found.keySet());
    assertEquals(found.get("a-bin"), found.get("b-bin"));
  }

  @Test
  void statusTextsArePercentEncoded() {
    assertEquals("plain text", Framing.percentEncode("plain text"));
    assertEquals("50%25 %C3%BC%0A", Framing.percentEncode("50% ü\n"));
  }
}
