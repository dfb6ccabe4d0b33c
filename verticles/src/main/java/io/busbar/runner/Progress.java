package io.busbar.runner;

import io.busbar.grpc.ServerStream;

/** Notices a client that owes something and shows no sign of life. */
final class Progress {
  private long seen = -1;
  private long since;

  /**
   * @param owes whether the client owes something now
   * @return whether it has owed without a sign of life for longer than the limit
   */
  boolean stalled(ServerStream stream, boolean owes, long now, long limit) {
    if (!owes || seen != stream.activity()) {
      seen = owes ? stream.activity() : -1;
      since = now;
      return false;
    }
    return now - since >= limit;
  }
}
