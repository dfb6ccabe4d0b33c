package io.busbar.fnclient;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.fn.wire.HttpHeader;
import io.busbar.fn.wire.HttpRespMeta;
import io.busbar.worker.HeaderRules;

/**
 * A runner's ResultStart, checked before anything of it reaches a caller.
 *
 * @param head null = it breaks a rule
 * @param fault which rule, null = none
 */
record AnswerHead(ResponseHead head, String fault) {
  private static final int OK = 200;
  private static final int LEAST = 200;
  private static final int MOST = 599;

  static AnswerHead of(HttpRespMeta meta, LinkOptions options) {
    int status = meta.getStatusCode() == 0 ? OK : meta.getStatusCode();
    if (status < LEAST || status > MOST) {
      return broken("status " + status + ", expected " + LEAST + " to " + MOST);
    }
    if (meta.getHeadersCount() > options.headerCount()) {
      return broken(meta.getHeadersCount() + " headers, expected at most " + options.headerCount());
    }
    ResponseHead.Builder head = ResponseHead.newBuilder().setStatus(status);
    int bytes = 0;
    for (HttpHeader header : meta.getHeadersList()) {
      String fault = HeaderRules.fault(header.getKey(), header.getValue());
      if (fault != null) {
        return broken(fault);
      }
      bytes += header.getKey().length() + header.getValue().length();
      if (bytes > options.headers()) {
        return broken("more than " + options.headers() + " bytes of headers");
      }
      head.addHeaders(Header.newBuilder().setName(header.getKey()).setValue(header.getValue()));
    }
    return new AnswerHead(head.build(), null);
  }

  private static AnswerHead broken(String fault) {
    return new AnswerHead(null, "ResultStart: " + fault);
  }
}
