package io.busbar.channel;

/**
 * Where frames were put.
 *
 * @param first offset of the first frame
 * @param last offset of the last one
 * @param duplicate an earlier append with the same id was answered
 */
public record Appended(long epoch, long first, long last, boolean duplicate) {}
