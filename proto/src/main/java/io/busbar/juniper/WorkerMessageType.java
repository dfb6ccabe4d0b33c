package io.busbar.juniper;

import java.util.Locale;

/** Types of the messages on the worker endpoint; their order is part of the protocol. */
public enum WorkerMessageType {
  REGISTER,
  HEARTBEAT,
  TASK_RESULT,
  REGISTRATION_ACK,
  RESULT_ACK,
  TASK_ASSIGN,
  TOKEN_REFRESH,
  CONNECTION_ESTABLISHED,
  ERROR;

  /** As it stands in {@code type}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of a message's {@code type}; null = none of these. */
  public static WorkerMessageType of(Object wireName) {
    for (WorkerMessageType type : values()) {
      if (type.wireName().equals(wireName)) {
        return type;
      }
    }
    return null;
  }
}
