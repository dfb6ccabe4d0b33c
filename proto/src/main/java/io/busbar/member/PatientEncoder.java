package io.busbar.member;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.server.ServerContext;
import com.hazelcast.internal.server.tcp.UnifiedProtocolEncoder;

/**
 * The first encoder of a link between members, until the other side has said what it speaks.
 * Hazelcast's own says it is done while it waits for that, and since a frame is queued behind it
 * already, its I/O thread asks again and again: a processor is busy, and other members on the same
 * thread hear nothing, for as long as the other side is frozen. This one says that it is blocked;
 * the decoder wakes it (docs/adr/0022).
 */
final class PatientEncoder extends UnifiedProtocolEncoder {
  PatientEncoder(ServerContext server) {
    super(server);
  }

  /** Whatever it says when it replaced itself is not looked at. */
  @Override
  public HandlerStatus onWrite() {
    HandlerStatus status = super.onWrite();
    return status == HandlerStatus.CLEAN ? HandlerStatus.BLOCKED : status;
  }
}
