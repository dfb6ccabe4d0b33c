package io.busbar.websocket.control;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The commands of the protocol. */
enum ControlCommand {
  START("start", "training_started"),
  STOP("stop", "stop_requested"),
  PAUSE("pause", "paused"),
  RESUME("resume", "resumed"),
  RESET("reset", "reset"),
  SET_PARAMS("set_params", null);

  private final String wireName;
  private final String done;

  ControlCommand(String wireName, String done) {
    this.wireName = wireName;
    this.done = done;
  }

  String wireName() {
    return wireName;
  }

  /** Null = there is no such command. */
  static ControlCommand of(String name) {
    for (ControlCommand command : values()) {
      if (command.wireName.equals(name)) {
        return command;
      }
    }
    return null;
  }

  Duration timeout(ControlOptions.Times times) {
    return switch (this) {
      case START -> times.start();
      case SET_PARAMS -> times.params();
      default -> times.command();
    };
  }

  /** What a success says when its handler says nothing. */
  Map<String, Object> result(double timestamp) {
    Map<String, Object> result = new LinkedHashMap<>();
    if (done != null) {
      result.put("status", done);
      result.put("timestamp", timestamp);
    }
    return result;
  }
}
