package io.busbar.fnclient;

/** Link options of tests, changed in one point. */
final class LinkOptionsFor {
  private static final LinkOptions D = LinkOptions.DEFAULTS;

  static LinkOptions linger(long millis) {
    return of(D.connections(), D.firstBackoff(), D.idle(), D.keepalive(), millis);
  }

  static LinkOptions connections(int most) {
    return of(most, D.firstBackoff(), D.idle(), D.keepalive(), D.linger());
  }

  static LinkOptions backoff(long first) {
    return of(D.connections(), first, D.idle(), D.keepalive(), D.linger());
  }

  static LinkOptions idle(long millis) {
    return of(D.connections(), D.firstBackoff(), millis, D.keepalive(), D.linger());
  }

  static LinkOptions keepalive(long millis) {
    return of(D.connections(), D.firstBackoff(), D.idle(), millis, D.linger());
  }

  private static LinkOptions of(
      int connections, long firstBackoff, long idle, long keepalive, long linger) {
    return new LinkOptions(
        connections,
        D.connect(),
        firstBackoff,
        Math.max(firstBackoff, D.longestBackoff()),
        idle,
        keepalive,
        keepalive > 0 ? keepalive : D.keepaliveTimeout(),
        linger,
        D.message(),
        D.headers(),
        D.headerCount(),
        D.streamWindow(),
        D.connectionWindow(),
        D.unfinished());
  }

  private LinkOptionsFor() {}
}
