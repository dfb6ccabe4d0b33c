package io.busbar.samples.trainer;

import io.busbar.command.ServeOptions;
import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.PluginDescriptor;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a small network while others watch and steer: serves the command target {@code training},
 * tells the channel {@code training} what happens, and has candidates trained by the workers of
 * pool {@code juniper}, or does it itself. For one node of a cluster: with two, commands would go
 * to either.
 */
public final class Trainer implements BusbarPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  private WorkerExecutor thread;
  private TrainingBoard board;
  private ChannelWriter writer;

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of("trainer", "grows a small network, steered by commands");
  }

  @Override
  public Future<?> start(PluginContext context) {
    TrainerSettings settings = TrainerSettings.of(context.config());
    DataSet data = settings.data();
    writer = new ChannelWriter(context.channels(), context.context(), settings.channel());
    board =
        new TrainingBoard(
            writer,
            data.name(),
            context.counter(
                "cascor.ws.state.throttle.coalesced",
                "States not told since another one was told less than a second before"));
    WorkerPool pool =
        settings.pool().name().isEmpty()
            ? null
            : new WorkerPool(context.vertx(), context.context(), context.calls(), settings.pool());
    // A run may take as long as it likes; it is one thread, whatever it does.
    thread = context.vertx().createSharedWorkerExecutor("trainer", 1, 1, TimeUnit.DAYS);
    TrainerCommands commands =
        new TrainerCommands(
            board,
            () ->
                thread
                    .<Void>executeBlocking(
                        () -> {
                          new TrainingRun(board, data, settings.seed(), pool).run();
                          return null;
                        })
                    .onFailure(cause -> LOG.error("a run ended without a word", cause)));
    return context.commands().serve(settings.target(), ServeOptions.SERIAL, commands);
  }

  @Override
  public Future<?> stop() {
    if (thread == null) {
      return Future.succeededFuture();
    }
    board.stop();
    writer.close();
    return thread.close();
  }
}
