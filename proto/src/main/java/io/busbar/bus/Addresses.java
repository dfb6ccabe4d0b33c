package io.busbar.bus;

/**
 * Every event-bus address of Busbar, and the only place where one is written down. A clustered
 * registration is a cluster-wide write, so there is one per lane, per channel and node, and per
 * command target and node; never one per call, connection, worker or subscriber.
 */
public final class Addresses {
  private static final String INBOX = "busbar.inbox.";
  private static final String CHANNEL = "busbar.channel.";

  /**
   * Worker lists. Published by the node whose adapters hold the workers; body {@code
   * WorkerChanged}; read by every gateway node. A lost message is noticed by its version and asked
   * for again.
   */
  public static final String WORKERS = "busbar.workers";

  /**
   * Nodes. Published by the node itself on each change of its state; body {@code MemberChanged};
   * read by every node.
   */
  public static final String MEMBERS = "busbar.members";

  /**
   * Changes of ownership. Published by the node that holds the key's entry, after the change; body
   * {@code OwnershipChanged}; read by every node that has keys or watchers. What is lost can be
   * read from the channel of ownership.
   */
  public static final String OWNERSHIP = "busbar.ownership";

  /**
   * A lane's inbox. Sent to by any lane of any node; body {@code Envelope}. There is no reply and
   * no failure code: every item that needs an answer is repeated until it has one, and a missing
   * inbox shows as silence.
   */
  public static String inbox(Endpoint endpoint) {
    return INBOX + endpoint.node() + "." + endpoint.lane();
  }

  /**
   * A channel. Published by its sequencer once the ring holds the frames; body {@code
   * ChannelFrames}; read by every node that has a subscriber. What is lost is read from the ring.
   * The channel's ring has the same name.
   */
  public static String channel(String name) {
    return CHANNEL + name;
  }

  private Addresses() {}
}
