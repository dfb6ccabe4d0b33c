package io.busbar.juniper;

import java.util.Map;

/**
 * A frame of the training or control stream.
 *
 * @param type of a known frame its type; of an unknown one a label from a bounded set
 * @param known whether the frame has one of the known types and fits it
 * @param timestamp Unix seconds; 0 when an unknown frame has none that can be read
 * @param data never null; of a known frame with a fixed form its fields in their declared types
 * @param seq null = none
 * @param emittedAtMonotonic seconds on the sender's own clock, null = none
 * @param extra other top-level keys of a known frame
 */
public record Envelope(
    String type,
    boolean known,
    double timestamp,
    Map<String, Object> data,
    Long seq,
    Double emittedAtMonotonic,
    Map<String, Object> extra) {}
