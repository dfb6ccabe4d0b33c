package io.busbar.samples.cart;

import io.busbar.command.CommandRequest;
import io.busbar.command.Commands;
import io.busbar.command.Commands.Registration;
import io.busbar.command.ReceivedCommand;
import io.busbar.command.ServeOptions;
import io.busbar.ownership.Ownership;
import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.PluginDescriptor;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Carts that survive their node. Target {@code cart} takes the requests on every node, target
 * {@code cart.NODE} those for carts that the node owns. Configuration: {@code journal}, a directory
 * that all nodes share, {@code data/carts} unless given.
 */
public final class CartService implements BusbarPlugin {
  private static final String TARGET = "cart";
  private static final ServeOptions OPTIONS = ServeOptions.concurrent(200);
  private static final Duration TAKE_LIMIT = Duration.ofSeconds(5);
  private static final int HANDED_OVER_AT_ONCE = 64;

  private final List<Runnable> listening = new ArrayList<>();
  private final List<Registration> registrations = new ArrayList<>();
  private String own;
  private Commands commands;
  private Ownership ownership;
  private Carts carts;
  private Router router;

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of(TARGET, "carts with one owner each, which survive it");
  }

  /** Target of a node's own carts. */
  static String at(String node) {
    return TARGET + "." + node;
  }

  @Override
  public Future<?> start(PluginContext context) {
    own = at(context.node().name());
    commands = context.commands();
    ownership = context.ownership();
    carts = new Carts(ownership, Path.of(context.config().getString("journal", "data/carts")));
    Changes changes = new Changes(context.vertx());
    router = new Router(ownership, commands, carts, changes);
    listening.add(ownership.watch(carts::heard));
    listening.add(ownership.watch(changes::heard));
    listening.add(ownership.lease().onLost(session -> carts.forgetAll()));
    return Future.all(
        commands.serve(own, OPTIONS, this::atOwner).onSuccess(registrations::add),
        commands.serve(TARGET, OPTIONS, this::anywhere).onSuccess(registrations::add));
  }

  private Future<Buffer> anywhere(ReceivedCommand command) {
    return router.route(CartRequest.of(command), command::remainingMillis);
  }

  private Future<Buffer> atOwner(ReceivedCommand command) {
    return command.name().equals("take")
        ? take(CartRequest.params(command.params()))
        : carts.apply(CartRequest.of(command)).map(JsonObject::toBuffer);
  }

  private Future<Buffer> take(JsonObject params) {
    String cart = CartRequest.name(params, "cart");
    long epoch = params.getLong("epoch");
    return carts.open(cart, ownership.take(Carts.KEYS + cart, epoch)).map(opened -> null);
  }

  @Override
  public Future<?> drain() {
    String prefix = at("");
    List<String> nodes =
        commands.targets().stream()
            .filter(target -> target.startsWith(prefix) && !target.equals(own))
            .map(target -> target.substring(prefix.length()))
            .toList();
    return handOver(new ArrayList<>(carts.names()), nodes);
  }

  private Future<?> handOver(List<String> names, List<String> nodes) {
    List<String> some = names.subList(0, Math.min(HANDED_OVER_AT_ONCE, names.size()));
    List<Future<?>> handed = new ArrayList<>();
    some.forEach(name -> handed.add(carts.handOver(name, nodes, this::give)));
    some.clear();
    Future<?> over = Future.join(handed);
    return names.isEmpty() ? over : over.transform(done -> handOver(names, nodes));
  }

  private Future<?> give(String node, String cart, long epoch) {
    Buffer params = new JsonObject().put("cart", cart).put("epoch", epoch).toBuffer();
    return commands
        .send(CommandRequest.of(at(node), "take", params).withTimeout(TAKE_LIMIT))
        .reply();
  }

  @Override
  public Future<?> stop() {
    listening.forEach(Runnable::run);
    return Future.join(registrations.stream().map(Registration::close).toList());
  }
}
