package io.busbar.runner;

import com.google.protobuf.ByteString;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;

/**
 * What the headers of an Engage say once they were checked.
 *
 * @param headers told apart by identity: the codec gives calls that send the same block the same
 *     ones
 * @param timeoutMillis the client's, 0 = none
 */
record EngageHead(Http2Headers headers, long timeoutMillis, Map<String, ByteString> metadata) {}
