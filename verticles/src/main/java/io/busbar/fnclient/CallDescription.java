package io.busbar.fnclient;

import io.busbar.bus.v1.RequestHead;
import io.busbar.fn.wire.CallFunction;
import io.busbar.fn.wire.CallJsonWriter;
import io.busbar.worker.OfferedCall;

/**
 * Writes the {@code models_call_json} of calls that did not bring one. Keeps what is the same for
 * the calls that follow each other, as nearly all of a pool are for one function.
 */
final class CallDescription {
  private final CallFunction template;
  private CallJsonWriter last;

  /**
   * @param template what is said of the function when the call does not say it
   */
  CallDescription(CallFunction template) {
    this.template = template;
  }

  byte[] json(OfferedCall offer, long nowMillis) {
    RequestHead head = offer.head();
    return writer(
            seconds(offer.timeoutMillis()),
            head.getFnId().isEmpty() ? template.fnId() : head.getFnId(),
            head.getAppId().isEmpty() ? template.appId() : head.getAppId())
        .write(
            offer.id().toString(),
            head.getDetached(),
            head.getMethod().isEmpty() ? "POST" : head.getMethod(),
            head.getBaseUrl() + head.getUri(),
            head.getHeadersList(),
            nowMillis);
  }

  private CallJsonWriter writer(int timeout, String fnId, String appId) {
    CallFunction known = last == null ? null : last.function();
    if (known == null
        || known.timeoutSeconds() != timeout
        || !known.fnId().equals(fnId)
        || !known.appId().equals(appId)) {
      last =
          new CallJsonWriter(
              new CallFunction(
                  fnId,
                  appId,
                  template.appName(),
                  template.triggerId(),
                  template.image(),
                  timeout,
                  template.idleTimeoutSeconds(),
                  template.memory(),
                  template.config(),
                  template.annotations(),
                  template.syslogUrl()));
    }
    return last;
  }

  /** Whole seconds, at least one: a runner that is told 0 fails the call. */
  private int seconds(long millis) {
    if (millis <= 0) {
      return template.timeoutSeconds();
    }
    return (int) Math.min(Integer.MAX_VALUE, (millis - 1) / 1000 + 1);
  }
}
