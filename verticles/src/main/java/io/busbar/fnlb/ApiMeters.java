package io.busbar.fnlb;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what is asked of the control API. */
final class ApiMeters {
  private final Counter asked;
  private final Counter retried;
  private final Counter failed;
  private final Counter hits;
  private final Counter refused;

  ApiMeters(MeterRegistry registry) {
    asked = registry.counter("busbar.fn-lb.api.requests");
    retried = registry.counter("busbar.fn-lb.api.retries");
    failed = registry.counter("busbar.fn-lb.api.failures");
    hits = registry.counter("busbar.fn-lb.api.cache.hits");
    refused = registry.counter("busbar.fn-lb.api.refused");
  }

  void asked() {
    asked.increment();
  }

  void retried() {
    retried.increment();
  }

  void failed() {
    failed.increment();
  }

  void hit() {
    hits.increment();
  }

  void refused() {
    refused.increment();
  }
}
