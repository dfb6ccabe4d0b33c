package io.busbar.gateway.bench;

/** How a client makes an Engage call. */
enum CallStyle {
  /** All in one write, the client's side ended with it. */
  HALF_CLOSE("half-close"),

  /**
   * As Fn's load balancer: headers and each message written on their own, the client's side never
   * ended, the stream reset after the answer.
   */
  FN("as Fn");

  private final String label;

  CallStyle(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
