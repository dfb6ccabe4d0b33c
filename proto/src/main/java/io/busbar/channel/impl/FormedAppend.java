package io.busbar.channel.impl;

import io.busbar.bus.v1.ChannelAppend;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelForm;
import io.busbar.failure.Failure;

/** An append whose frames have the form of their channel. */
final class FormedAppend {
  private FormedAppend() {}

  /**
   * @throws io.busbar.failure.FailureException when the channel does not take such frames
   */
  static ChannelAppend of(ChannelAppend given, ChannelCatalog catalog) {
    ChannelForm form = catalog.form(given.getChannel());
    if (form == null) {
      return given;
    }
    // What is too large is not looked at.
    Failure refused = AppendRules.refuses(given, catalog.of(given.getChannel()));
    if (refused != null) {
      throw refused.toException();
    }
    ChannelAppend.Builder formed = given.toBuilder().clearFrames();
    for (FrameRecord frame : given.getFramesList()) {
      formed.addAllFrames(form.frames(frame));
    }
    return formed.build();
  }
}
