package io.busbar.websocket;

import io.busbar.edge.MessageSocket;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The one writer of a worker's socket. While a task goes out, text and tensors, nothing else may: a
 * worker that gets a text where a tensor is due drops the connection. So what else there is to say
 * waits, up to a bound; beyond it is dropped, which only concerns answers that no worker acts on.
 * On the lane's context.
 */
final class WorkerWire {
  private static final int MOST_HELD = 64;
  private static final Buffer NOTHING = Buffer.buffer();

  private final MessageSocket socket;
  private final WorkersMeters meters;
  private final Queue<String> held = new ArrayDeque<>();
  private boolean task;
  private boolean message;

  WorkerWire(MessageSocket socket, WorkersMeters meters) {
    this.socket = socket;
    this.meters = meters;
  }

  /** Now, or behind the task that is going out. */
  void text(String text) {
    if (!task) {
      socket.text(text);
    } else if (held.size() < MOST_HELD) {
      held.add(text);
    } else {
      meters.unsaid();
    }
  }

  /** The task's text; its tensors follow, until {@link #end()}. */
  void begin(String assign) {
    socket.text(assign);
    task = true;
  }

  /** A whole tensor. */
  void tensor(Buffer bytes) {
    socket.binary(bytes);
  }

  /** A piece of a tensor, not empty unless it is the last. */
  void piece(Buffer bytes, boolean last) {
    socket.part(bytes, !message, last);
    message = !last;
  }

  /** A task is going out. */
  boolean busy() {
    return task;
  }

  boolean full() {
    return socket.writeQueueFull();
  }

  boolean isClosing() {
    return socket.isClosing();
  }

  /** No more of the task: ends a message that was begun, as it is. */
  void end() {
    if (message) {
      piece(NOTHING, true);
    }
    task = false;
    for (String text = held.poll(); text != null; text = held.poll()) {
      socket.text(text);
    }
  }
}
