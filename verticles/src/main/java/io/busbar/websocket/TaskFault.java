package io.busbar.websocket;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;

/** What is wrong with a task: the field, and what was expected. */
final class TaskFault {

  private TaskFault() {}

  static FailureException at(String field, String what) {
    return Failure.of(FailureCode.UNPROCESSABLE, Failure.shorten(field, 120) + ": " + what)
        .toException();
  }
}
