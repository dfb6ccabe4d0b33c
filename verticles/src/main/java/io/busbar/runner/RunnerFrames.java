package io.busbar.runner;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.fn.FnFrames;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.CallResultStart;
import io.busbar.fn.wire.HttpHeader;
import io.busbar.fn.wire.HttpRespMeta;
import io.busbar.fn.wire.RunnerMsg;
import io.netty.buffer.ByteBuf;

/** What a runner says once per call: each a RunnerMsg behind what is held, null = nothing is. */
final class RunnerFrames {
  static ByteBuf start(ByteBuf held, ResponseHead head) {
    HttpRespMeta.Builder http = HttpRespMeta.newBuilder().setStatusCode(head.getStatus());
    for (Header header : head.getHeadersList()) {
      http.addHeaders(HttpHeader.newBuilder().setKey(header.getName()).setValue(header.getValue()));
    }
    return FnFrames.add(
        held,
        RunnerMsg.RESULT_START_FIELD_NUMBER,
        CallResultStart.newBuilder().setHttp(http.build()).build());
  }

  static ByteBuf finished(ByteBuf held, CallFinished finished) {
    return FnFrames.add(held, RunnerMsg.FINISHED_FIELD_NUMBER, finished);
  }

  private RunnerFrames() {}
}
