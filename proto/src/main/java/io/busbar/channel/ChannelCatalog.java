package io.busbar.channel;

import com.hazelcast.config.Config;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.RingbufferConfig;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import io.busbar.bus.Addresses;
import io.busbar.channel.impl.HazelcastSnapshots;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The configured channels of a node; the same on every node.
 *
 * @param max channels in the cluster at once
 * @param backups other nodes that hold each frame, 0 to 6
 * @param standard limits of channels that are not named
 * @param named limits by name
 * @param forms what frames of a channel must be, by its name
 */
public record ChannelCatalog(
    int max,
    int backups,
    ChannelOptions standard,
    Map<String, ChannelOptions> named,
    Map<String, ChannelForm> forms) {
  public static final ChannelCatalog DEFAULTS =
      new ChannelCatalog(1000, 1, ChannelOptions.DEFAULTS, Map.of());

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,127}");

  public ChannelCatalog {
    named = Map.copyOf(named);
    forms = Map.copyOf(forms);
  }

  /** Channels of any form. */
  public ChannelCatalog(
      int max, int backups, ChannelOptions standard, Map<String, ChannelOptions> named) {
    this(max, backups, standard, named, Map.of());
  }

  /** The same with limits and a form for one channel. */
  public ChannelCatalog with(String channel, ChannelOptions options, ChannelForm form) {
    Map<String, ChannelOptions> allOptions = new HashMap<>(named);
    allOptions.put(channel, options);
    Map<String, ChannelForm> allForms = new HashMap<>(forms);
    allForms.put(channel, form);
    return new ChannelCatalog(max, backups, standard, allOptions, allForms);
  }

  /** Null = frames of the channel may be anything. */
  public ChannelForm form(String channel) {
    return forms.get(channel);
  }

  /** Limits of a channel. */
  public ChannelOptions of(String channel) {
    return named.getOrDefault(channel, standard);
  }

  /** Adds what a data member of the cluster must know of channels before it starts. */
  public Config configure(Config hazelcast) {
    hazelcast.addRingBufferConfig(ring("*", standard));
    named.forEach((name, options) -> hazelcast.addRingBufferConfig(ring(name, options)));
    hazelcast.addMapConfig(new MapConfig(HazelcastSnapshots.MAP).setBackupCount(backups));
    return hazelcast;
  }

  private RingbufferConfig ring(String name, ChannelOptions options) {
    RingbufferConfig ring =
        new RingbufferConfig(Addresses.channel(name))
            // One more for the record of the epoch.
            .setCapacity(options.capacity() + 1)
            .setBackupCount(backups)
            .setAsyncBackupCount(0);
    // After a split the rings of the smaller side go.
    ring.getMergePolicyConfig().setPolicy(DiscardMergePolicy.class.getName());
    return ring;
  }

  /** Null = the name is good. */
  public static Failure refuses(String channel) {
    return NAME.matcher(channel).matches()
        ? null
        : Failure.of(
            FailureCode.INVALID_REQUEST,
            "channel '"
                + Failure.shorten(channel, 40)
                + "', expected lower-case letters, digits, dots, dashes and underscores, at most"
                + " 128");
  }
}
