package io.busbar.channel;

import io.busbar.bus.Service;
import io.busbar.bus.v1.ChannelAppend;
import io.busbar.bus.v1.ChannelAppended;
import io.busbar.bus.v1.ChannelNames;
import io.busbar.bus.v1.ChannelQuery;
import io.busbar.bus.v1.ChannelSeen;
import io.busbar.bus.v1.ChannelSnapshot;
import io.busbar.bus.v1.ChannelState;
import io.busbar.bus.v1.Empty;

/**
 * Services of the channel primitive. Those of the sequencer are asked of the channel's lane on the
 * node that holds its ring, and fail with MOVED when that is another node meanwhile.
 */
public final class ChannelServices {
  /** To the sequencer: append frames. */
  public static final Service<ChannelAppend, ChannelAppended> APPEND =
      Service.of("channels.append", ChannelAppend.parser(), ChannelAppended.parser());

  /** To the sequencer: what the channel is. */
  public static final Service<ChannelQuery, ChannelState> STATE =
      Service.of("channels.state", ChannelQuery.parser(), ChannelState.parser());

  /** To the sequencer: store a snapshot. */
  public static final Service<ChannelSnapshot, Empty> STORE =
      Service.of("channels.store", ChannelSnapshot.parser(), Empty.parser());

  /** To the sequencer: the stored snapshot. */
  public static final Service<ChannelQuery, ChannelSnapshot> SNAPSHOT =
      Service.of("channels.snapshot", ChannelQuery.parser(), ChannelSnapshot.parser());

  /** To the channel's lane of any node: what it has shown to its subscribers. */
  public static final Service<ChannelQuery, ChannelSeen> SEEN =
      Service.of("channels.seen", ChannelQuery.parser(), ChannelSeen.parser());

  /** To the first lane of any node: which channels it holds or has subscribers of. */
  public static final Service<Empty, ChannelNames> NAMES =
      Service.of("channels.names", Empty.parser(), ChannelNames.parser());

  private ChannelServices() {}
}
