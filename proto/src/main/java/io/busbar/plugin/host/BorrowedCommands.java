package io.busbar.plugin.host;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.CommandReply;
import io.busbar.command.CommandHandler;
import io.busbar.command.CommandRequest;
import io.busbar.command.Commands;
import io.busbar.command.ServeOptions;
import io.busbar.command.impl.LaneCommands;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.Set;
import java.util.function.Supplier;

/** A lane's commands for use on another context: handlers and replies come there. */
public final class BorrowedCommands implements Commands {
  private final Lane lane;
  private final LaneCommands commands;
  private final ContextInternal user;

  public BorrowedCommands(HostLane from, Context user) {
    this.lane = from.lane();
    this.commands = from.commands();
    this.user = (ContextInternal) user;
  }

  private void onLane(Runnable action) {
    lane.context().runOnContext(v -> action.run());
  }

  private <T> Future<T> ask(Supplier<Future<T>> question) {
    Promise<T> answer = user.promise();
    onLane(() -> Attempt.of(question).onComplete(answer));
    return answer.future();
  }

  @Override
  public Sent send(CommandRequest request) {
    Promise<CommandReply> reply = user.promise();
    Sent[] real = new Sent[1];
    onLane(
        () -> {
          real[0] = commands.send(request);
          real[0].reply().onComplete(reply);
        });
    return new Sent() {
      @Override
      public Future<CommandReply> reply() {
        return reply.future();
      }

      @Override
      public void cancel() {
        onLane(() -> real[0].cancel());
      }
    };
  }

  @Override
  public Future<Registration> serve(String target, ServeOptions options, CommandHandler handler) {
    return ask(() ->
            commands.serve(
                target, options, handler, action -> user.runOnContext(v -> action.run())))
        .map(registration -> () -> ask(registration::close));
  }

  @Override
  public Set<String> targets() {
    return commands.targets();
  }
}
