package io.busbar.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;

/** Header blocks as they come: the requests of RFC 7541 appendix C, and what is remembered. */
class HeaderDecoderTest {
  private final HeaderDecoder decoder = new HeaderDecoder(8192);

  private Http2Headers decode(String hex) throws Exception {
    return decoder.decode(1, Wire.hex(hex));
  }

  @Test
  void theRequestsOfAppendixC3AreRead() throws Exception {
    Http2Headers first = decode("828684410f7777772e6578616d706c652e636f6d");
    assertEquals("www.example.com", first.authority().toString());
    Http2Headers second = decode("828684be58086e6f2d6361636865");
    assertEquals("no-cache", second.get("cache-control").toString());
    assertEquals("www.example.com", second.authority().toString());
    Http2Headers third = decode("828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565");
    assertEquals("https", third.scheme().toString());
    assertEquals("/index.html", third.path().toString());
    assertEquals("custom-value", third.get("custom-key").toString());
  }

  @Test
  void theRequestsOfAppendixC4AreRead() throws Exception {
    Http2Headers first = decode("828684418cf1e3c2e5f23a6ba0ab90f4ff");
    assertEquals("www.example.com", first.authority().toString());
    Http2Headers second = decode("828684be5886a8eb10649cbf");
    assertEquals("no-cache", second.get("cache-control").toString());
  }

  @Test
  void aBlockThatOnlyRefersIsDecodedOnce() throws Exception {
    decode("828684410f7777772e6578616d706c652e636f6d");
    Http2Headers headers = decode("828684be");
    assertSame(headers, decode("828684be"));
    assertEquals("www.example.com", headers.authority().toString());
  }

  @Test
  void theSameBytesMeanSomethingElseOnceTheTableMoved() throws Exception {
    decode("410f7777772e6578616d706c652e636f6d");
    assertEquals("www.example.com", decode("82 86 84 be").authority().toString());
    decode("41 01 61");
    assertEquals("a", decode("82 86 84 be").authority().toString());
    assertEquals("www.example.com", decode("82 86 84 bf").authority().toString());
  }

  @Test
  void anIndexBeyondTheTableIsAFaultEachTime() {
    for (int i = 0; i < 3; i++) {
      assertThrows(Http2Exception.class, () -> decode("82 86 84 be"));
    }
  }
}
