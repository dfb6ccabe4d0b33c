package io.busbar.bus;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/**
 * A named question-and-answer service on a lane, with the types of both.
 *
 * @param name unique among services, lower case with dots
 */
public record Service<Q, R>(String name, Parser<? extends Q> question, Parser<? extends R> answer) {
  public static <Q extends MessageLite, R extends MessageLite> Service<Q, R> of(
      String name, Parser<Q> question, Parser<R> answer) {
    return new Service<>(name, question, answer);
  }
}
