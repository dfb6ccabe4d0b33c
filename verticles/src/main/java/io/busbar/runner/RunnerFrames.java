package io.busbar.runner;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.CallResultStart;
import io.busbar.fn.wire.HttpHeader;
import io.busbar.fn.wire.HttpRespMeta;
import io.busbar.fn.wire.RunnerMsg;

/** What a runner says once per call. */
final class RunnerFrames {
  static RunnerMsg start(ResponseHead head) {
    HttpRespMeta.Builder http = HttpRespMeta.newBuilder().setStatusCode(head.getStatus());
    for (Header header : head.getHeadersList()) {
      http.addHeaders(HttpHeader.newBuilder().setKey(header.getName()).setValue(header.getValue()));
    }
    return RunnerMsg.newBuilder()
        .setResultStart(CallResultStart.newBuilder().setHttp(http))
        .build();
  }

  static RunnerMsg finished(CallFinished finished) {
    return RunnerMsg.newBuilder().setFinished(finished).build();
  }

  private RunnerFrames() {}
}
