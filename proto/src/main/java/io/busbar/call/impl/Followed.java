package io.busbar.call.impl;

import io.busbar.bus.BusReader;
import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Assigned;
import io.busbar.failure.Failure;

/**
 * The attempt that a call follows, or the last one it followed: where it runs, and how sure that
 * is. One that is on offer has been sent there and may be rejected; what fits goes there meanwhile.
 */
final class Followed {
  /** 0 = none now. */
  private int number;

  private int last;
  private Endpoint worker;
  private String workerId = "";
  private String workerNode = "";
  private boolean offered;
  private boolean confirmed;
  private BusReader reader;

  void begin(Assigned assigned, Endpoint at) {
    number = assigned.getAttempt();
    last = number;
    worker = at;
    workerId = assigned.getWorker();
    workerNode = assigned.getWorkerNode();
    offered = assigned.getOffered();
    confirmed = !offered;
  }

  void reads(BusReader response) {
    reader = response;
  }

  /** Nothing is followed any more. */
  void leave(Failure why) {
    number = 0;
    worker = null;
    offered = false;
    BusReader left = reader;
    reader = null;
    if (left != null) {
      left.abandon(why);
    }
  }

  /** As if the attempt had never been on offer: its number may come again. */
  void forget(Failure why) {
    leave(why);
    last--;
  }

  boolean any() {
    return number != 0;
  }

  boolean is(int attempt) {
    return number == attempt;
  }

  boolean is(int attempt, Endpoint at) {
    return number == attempt && at.equals(worker);
  }

  int number() {
    return number;
  }

  /** Number of the newest attempt that was followed. */
  int last() {
    return last;
  }

  /** Whether nobody is known to have taken it. */
  boolean offered() {
    return offered;
  }

  /** Somebody has, whoever said so. */
  void taken() {
    offered = false;
  }

  /** Whether the dispatcher has said that it was accepted. */
  boolean confirmed() {
    return confirmed;
  }

  void confirm() {
    offered = false;
    confirmed = true;
  }

  Endpoint worker() {
    return worker;
  }

  String workerId() {
    return workerId;
  }

  String workerNode() {
    return workerNode;
  }

  /** Null while nothing is followed. */
  BusReader reader() {
    return reader;
  }

  /** The failure with the worker's name and node in it. */
  Failure located(Failure failure) {
    return failure.at(workerNode, workerId);
  }
}
