package io.busbar.websocket;

import java.time.Duration;
import java.util.List;

/**
 * Limits of the worker endpoint.
 *
 * @param pool pool of the workers that register
 * @param max workers registered on this node at once
 * @param apiKeys keys taken; empty = none is asked for
 * @param registrationTimeout from the upgrade to the register frame
 * @param heartbeatTimeout silence after which a worker is given up
 * @param taskTimeout from the assignment of a task to its result, before another worker gets it
 * @param maxText characters of one text frame
 * @param maxMessage bytes of one message from a worker
 * @param maxTensor bytes of one message to a worker
 * @param maxTask bytes of a call's body
 * @param maxResult bytes of all tensors of one result
 * @param connects how often an address may connect
 */
public record WorkersOptions(
    String pool,
    int max,
    List<String> apiKeys,
    Duration registrationTimeout,
    Duration heartbeatTimeout,
    Duration taskTimeout,
    int maxText,
    int maxMessage,
    int maxTensor,
    int maxTask,
    int maxResult,
    Connects connects) {

  /**
   * How often an address may connect.
   *
   * @param perMinute after the burst, 0 = as often as it likes
   * @param burst at once
   */
  public record Connects(int perMinute, int burst) {
    public static final Connects UNLIMITED = new Connects(0, 3);
  }

  public static final WorkersOptions DEFAULTS =
      new WorkersOptions(
          "juniper",
          250,
          List.of(),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(120),
          65_536,
          16 << 20,
          1 << 20,
          16 << 20,
          32 << 20,
          Connects.UNLIMITED);

  public WorkersOptions {
    apiKeys = List.copyOf(apiKeys);
  }

  public WorkersOptions withMax(int workers) {
    return new WorkersOptions(
        pool,
        workers,
        apiKeys,
        registrationTimeout,
        heartbeatTimeout,
        taskTimeout,
        maxText,
        maxMessage,
        maxTensor,
        maxTask,
        maxResult,
        connects);
  }

  public WorkersOptions withApiKeys(String... keys) {
    return new WorkersOptions(
        pool,
        max,
        List.of(keys),
        registrationTimeout,
        heartbeatTimeout,
        taskTimeout,
        maxText,
        maxMessage,
        maxTensor,
        maxTask,
        maxResult,
        connects);
  }

  public WorkersOptions withTimeouts(Duration registration, Duration heartbeat, Duration task) {
    return new WorkersOptions(
        pool,
        max,
        apiKeys,
        registration,
        heartbeat,
        task,
        maxText,
        maxMessage,
        maxTensor,
        maxTask,
        maxResult,
        connects);
  }

  public WorkersOptions withConnects(int perMinute, int burst) {
    return new WorkersOptions(
        pool,
        max,
        apiKeys,
        registrationTimeout,
        heartbeatTimeout,
        taskTimeout,
        maxText,
        maxMessage,
        maxTensor,
        maxTask,
        maxResult,
        new Connects(perMinute, burst));
  }
}
