package io.busbar.websocket.training;

import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelForm;
import io.busbar.channel.ChannelSummary;
import io.busbar.failure.FailureException;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;

/**
 * The training channel's form with meters, on the node that sequences the channel. Thread-safe.
 *
 * <ul>
 *   <li>{@code cascor.ws.unserializable.messages}: messages that the channel refused, by {@code
 *       type}, {@code other} for those that have none
 *   <li>{@code cascor.ws.messages.chunked}: messages that were cut
 * </ul>
 */
public final class CountedForm implements ChannelForm {
  private final ChannelForm form;
  private final MeterRegistry registry;
  private final Counter chunked;

  public CountedForm(ChannelForm form, MeterRegistry registry) {
    this.form = form;
    this.registry = registry;
    this.chunked =
        Counter.builder("cascor.ws.messages.chunked")
            .description("Training messages cut into chunks by this node")
            .register(registry);
    refused(FrameTypes.OTHER);
  }

  /** The channels with this one's form counted. */
  public static ChannelCatalog in(ChannelCatalog channels, String channel, MeterRegistry registry) {
    ChannelForm form = new CountedForm(channels.form(channel), registry);
    return channels.with(channel, channels.of(channel), form);
  }

  private Counter refused(String type) {
    return Counter.builder("cascor.ws.unserializable.messages")
        .description("Training messages refused by the channel on this node, by type")
        .tag("type", type)
        .register(registry);
  }

  @Override
  public List<FrameRecord> frames(FrameRecord given) {
    try {
      List<FrameRecord> frames = form.frames(given);
      if (frames.size() > 1) {
        chunked.increment();
      }
      return frames;
    } catch (FailureException unfit) {
      refused(type(given)).increment();
      throw unfit;
    }
  }

  private static String type(FrameRecord given) {
    try {
      Object read = JuniperJson.read(given.getData().toStringUtf8());
      return read instanceof Map<?, ?> map && map.get("type") instanceof String type
          ? FrameTypes.known(type)
          : FrameTypes.OTHER;
    } catch (JsonException e) {
      return FrameTypes.OTHER;
    }
  }

  @Override
  public ChannelSummary summary() {
    return form.summary();
  }
}
