package io.busbar.command.impl;

import com.google.protobuf.UnsafeByteOperations;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.Command;
import io.busbar.bus.v1.CommandCancel;
import io.busbar.bus.v1.CommandReply;
import io.busbar.bus.v1.CommandTarget;
import io.busbar.bus.v1.Empty;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.command.CommandHandler;
import io.busbar.command.CommandObserver;
import io.busbar.command.CommandRequest;
import io.busbar.command.CommandServices;
import io.busbar.command.Commands;
import io.busbar.command.ServeOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Members;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The command primitive on one lane: sends, and does the commands of targets served here. */
public final class LaneCommands implements Commands, LaneMember {
  private final Lane lane;
  private final Members members;
  private final CommandObserver observer;
  private final Map<String, ServedTarget> served = new HashMap<>();
  private int turn;

  public LaneCommands(Lane lane, Members members, CommandObserver observer) {
    this.lane = lane;
    this.members = members;
    this.observer = observer;
  }

  @Override
  public Future<?> start(Lane same) {
    lane.serve(CommandServices.DO, this::received);
    lane.serve(CommandServices.CANCEL, this::cancelled);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    Failure gone = Failure.of(FailureCode.NO_HANDLER, "the handler's node stops");
    served.values().forEach(target -> target.end(gone));
    served.clear();
    return Future.succeededFuture();
  }

  // ---- sending ----

  @Override
  public Sent send(CommandRequest request) {
    SentCommand sent = new SentCommand();
    long began = lane.now();
    sent.reply()
        .onComplete(
            done ->
                observer.sent(
                    done.succeeded() ? "ok" : Failure.of(done.cause()).code().wireName(),
                    lane.now() - began));
    Failure refused = CommandRules.refuses(request);
    Endpoint to = refused == null ? place(request) : null;
    if (refused == null && to == null) {
      refused =
          Failure.of(
              FailureCode.NO_HANDLER,
              "no node serves target '" + Failure.shorten(request.target(), 80) + "'");
    }
    if (refused != null) {
      sent.end(refused);
      return sent;
    }
    Command command =
        Command.newBuilder()
            .setTarget(request.target())
            .setName(request.name())
            .setParams(UnsafeByteOperations.unsafeWrap(request.params().getBytes()))
            .setKey(request.key())
            .setRemainingMs(Math.max(1, request.timeout().toMillis()))
            .setId(lane.nextId().toWire())
            .build();
    sent.to(to, command);
    lane.ask(to, CommandServices.DO, command, request.timeout())
        .onComplete(
            done -> {
              if (done.succeeded()) {
                sent.end(done.result());
                return;
              }
              Failure failure = Failure.of(done.cause());
              if (failure.code() == FailureCode.DEADLINE_EXCEEDED) {
                sent.tellCancel();
              }
              sent.end(failure);
            });
    return sent;
  }

  /**
   * Where a target is served: here, else on the nodes in turn; a command with a key always on the
   * same one while the nodes stay. Null = nowhere.
   */
  private Endpoint place(CommandRequest request) {
    if (members == null) {
      return served.containsKey(request.target()) ? lane.endpoint() : null;
    }
    List<Endpoint> places = new ArrayList<>();
    for (NodeInfo node : members.nodes()) {
      for (CommandTarget target : node.getTargetsList()) {
        if (target.getName().equals(request.target()) && !node.getDraining()) {
          Endpoint place = new Endpoint(node.getNodeId(), target.getLane());
          if (request.key().isEmpty() && place.node().equals(lane.endpoint().node())) {
            return place;
          }
          places.add(place);
        }
      }
    }
    if (places.isEmpty()) {
      return null;
    }
    if (request.key().isEmpty()) {
      return places.get(Math.floorMod(turn++, places.size()));
    }
    String key = request.key();
    return places.stream()
        .max(
            java.util.Comparator.comparingInt(
                    (Endpoint place) -> mix((place.node() + key).hashCode()))
                .thenComparing(Endpoint::node))
        .orElseThrow();
  }

  private static int mix(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ (mixed >>> 15);
  }

  private final class SentCommand implements Sent {
    private final Promise<CommandReply> reply = Promise.promise();
    private Endpoint to;
    private Command command;

    void to(Endpoint place, Command sent) {
      to = place;
      command = sent;
    }

    void end(CommandReply answer) {
      reply.tryComplete(answer);
    }

    void end(Failure failure) {
      reply.tryFail(failure.toException());
    }

    @Override
    public Future<CommandReply> reply() {
      return reply.future();
    }

    @Override
    public void cancel() {
      if (reply.tryFail(
          Failure.of(FailureCode.CANCELLED, "cancelled by its sender").toException())) {
        tellCancel();
      }
    }

    void tellCancel() {
      if (command != null) {
        lane.tell(
            to,
            CommandServices.CANCEL,
            CommandCancel.newBuilder()
                .setId(command.getId())
                .setTarget(command.getTarget())
                .build());
      }
    }
  }

  @Override
  public Set<String> targets() {
    if (members == null) {
      return new TreeSet<>(served.keySet());
    }
    Set<String> all = new TreeSet<>();
    for (NodeInfo node : members.nodes()) {
      node.getTargetsList().forEach(target -> all.add(target.getName()));
    }
    return all;
  }

  // ---- serving ----

  @Override
  public Future<Registration> serve(String target, ServeOptions options, CommandHandler handler) {
    return serve(target, options, handler, Runnable::run);
  }

  /**
   * The same for a handler on another context.
   *
   * @param onHandler runs an action on the handler's context
   */
  public Future<Registration> serve(
      String target,
      ServeOptions options,
      CommandHandler handler,
      java.util.function.Consumer<Runnable> onHandler) {
    Failure refused = CommandRules.refusesTarget(target);
    if (refused != null) {
      return Future.failedFuture(refused.toException());
    }
    ServedTarget here =
        served.computeIfAbsent(target, name -> new ServedTarget(name, lane, observer));
    ServedTarget.Place place = here.add(options, handler, onHandler);
    announce(target, true);
    return Future.succeededFuture(
        () -> {
          here.remove(place);
          if (here.isUnused() && served.remove(target, here)) {
            announce(target, false);
            here.end(Failure.of(FailureCode.NO_HANDLER, "the handler of '" + target + "' is gone"));
          }
          return Future.succeededFuture();
        });
  }

  private void announce(String target, boolean present) {
    if (members == null) {
      return;
    }
    int own = lane.endpoint().lane();
    members.update(
        self -> {
          List<CommandTarget> targets = new ArrayList<>(self.getTargetsList());
          targets.removeIf(one -> one.getName().equals(target) && one.getLane() == own);
          if (present) {
            targets.add(CommandTarget.newBuilder().setName(target).setLane(own).build());
          }
          return self.toBuilder().clearTargets().addAllTargets(targets).build();
        });
  }

  private Future<CommandReply> received(Command command) {
    ServedTarget target = served.get(command.getTarget());
    return target == null
        ? Future.failedFuture(
            Failure.of(
                    FailureCode.NO_HANDLER,
                    "target '"
                        + Failure.shorten(command.getTarget(), 80)
                        + "' is not served here any more")
                .at(lane.node().name(), "")
                .toException())
        : target.receive(command);
  }

  private Future<Empty> cancelled(CommandCancel cancel) {
    ServedTarget target = served.get(cancel.getTarget());
    if (target != null) {
      target.cancel(cancel.getId());
    }
    return Future.succeededFuture(Empty.getDefaultInstance());
  }
}
