package io.busbar.gateway.ownership;

import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership;
import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.PluginDescriptor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Claims keys and writes under their epochs to a {@link FencedResource}, without ever looking at
 * its lease: what it gets wrong only the resource can stop. Once per node.
 */
public final class CarelessOwner implements BusbarPlugin {
  private static final int AT_ONCE = 16;

  private final Map<String, OwnerRecord> mine = new HashMap<>();
  private final Deque<Promise<String>> asked = new ArrayDeque<>();
  private Ownership ownership;
  private PluginContext context;
  private NetClient client;
  private NetSocket resource;
  private int keys;
  private boolean stopped;

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of("careless", "writes to a fenced resource").withConcurrency(1);
  }

  @Override
  public Future<?> start(PluginContext own) {
    context = own;
    ownership = own.ownership();
    keys = own.config().getInteger("keys", 500);
    client = own.vertx().createNetClient();
    return client
        .connect(own.config().getInteger("port"), "127.0.0.1")
        .onSuccess(
            socket -> {
              resource = socket;
              socket.handler(
                  RecordParser.newDelimited("\n", line -> asked.poll().complete(line.toString())));
              socket.closeHandler(closed -> stopped = true);
              for (int i = 0; i < AT_ONCE; i++) {
                next();
              }
            });
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return client.close();
  }

  private void next() {
    if (stopped) {
      return;
    }
    step()
        .onComplete(
            done -> context.vertx().setTimer(1 + (done.failed() ? 50 : 1), fired -> next()));
  }

  private Future<?> step() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String key = "key-" + random.nextInt(keys);
    OwnerRecord held = mine.get(key);
    if (held == null) {
      return ownership.claim(key).compose(answer -> claimed(key, answer));
    } else if (random.nextInt(40) == 0) {
      mine.remove(key);
      return ownership.release(key, held.epoch());
    }
    return say("W", key, held)
        .onSuccess(
            verdict -> {
              if (!verdict.equals("A")) {
                mine.remove(key, held);
              }
            });
  }

  private Future<?> claimed(String key, OwnerAnswer answer) {
    if (!answer.isDone()) {
      return Future.succeededFuture();
    }
    mine.put(key, answer.record());
    return answer.code() == OwnerCode.GRANTED
        ? say("G", key, answer.record())
        : Future.succeededFuture();
  }

  private Future<String> say(String verb, String key, OwnerRecord record) {
    Promise<String> answer = Promise.promise();
    asked.add(answer);
    resource.write(
        Buffer.buffer(
            verb
                + " "
                + key
                + " "
                + record.epoch()
                + " "
                + record.holder().host()
                + " "
                + record.holder().incarnation()
                + "\n"));
    return answer.future();
  }
}
