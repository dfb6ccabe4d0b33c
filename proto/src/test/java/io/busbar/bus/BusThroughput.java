package io.busbar.bus;

import io.busbar.testing.ChildJvm;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageProducer;
import java.util.Arrays;

/**
 * Measures a 64 MiB stream to another JVM beside the raw event bus with 64 KiB messages, turn and
 * turn about in one run. Prints MiB/s.
 */
final class BusThroughput {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 64 * MIB;
  private static final int MESSAGE = 64 << 10;
  private static final int WINDOW = 64;
  private static final int ROUNDS = 9;

  private BusThroughput() {}

  /** The far side: counts raw messages and acknowledges each, and an {@link EchoPeer}. */
  static final class Far {
    private Far() {}

    public static void main(String[] args) throws Exception {
      ChildJvm.main(
          () -> {
            ClusterNodes cluster = ClusterNodes.joining(args[0], args[1]);
            ClusterNodes.Node node = cluster.start("far");
            Lane lane = node.lane(0);
            EchoPeer.serve(lane);
            return ClusterNodes.on(lane, () -> raw(node));
          });
    }

    private static String raw(ClusterNodes.Node node) {
      MessageProducer<Buffer> ack = node.vertx().eventBus().sender("raw.ack");
      Buffer one = Buffer.buffer(new byte[] {1});
      node.vertx().eventBus().<Buffer>consumer("raw", message -> ack.write(one));
      return node.identity().id();
    }
  }

  public static void main(String[] args) throws Exception {
    try (ClusterNodes cluster = new ClusterNodes()) {
      ClusterNodes.Node node = cluster.start("near");
      Lane lane = node.lane(0);
      try (ChildJvm far = ChildJvm.start(Far.class, cluster.cluster(), cluster.address())) {
        Endpoint to = new Endpoint(far.readyLine().substring("READY ".length()), 0);
        EchoCaller caller = ClusterNodes.on(lane, () -> new EchoCaller(lane));
        Raw raw = ClusterNodes.on(lane, () -> new Raw(node, SIZE / MESSAGE));
        double[] streams = new double[ROUNDS];
        double[] raws = new double[ROUNDS];
        for (int i = -3; i < ROUNDS; i++) {
          long start = System.nanoTime();
          ClusterNodes.await(ClusterNodes.on(lane, raw::run));
          long middle = System.nanoTime();
          ClusterNodes.await(ClusterNodes.on(lane, () -> caller.call(to, "count", SIZE)));
          long end = System.nanoTime();
          if (i >= 0) {
            raws[i] = SIZE / 1.048576e-3 / (middle - start);
            streams[i] = SIZE / 1.048576e-3 / (end - middle);
          }
        }
        print("raw 64 KiB messages", raws);
        print("stream of 64 MiB", streams);
      }
    }
  }

  private static void print(String what, double[] rates) {
    Arrays.sort(rates);
    System.out.printf(
        "%-20s MiB/s median %.0f, %.0f to %.0f%n",
        what, rates[rates.length / 2], rates[0], rates[rates.length - 1]);
  }

  private static final class Raw {
    private final MessageProducer<Buffer> producer;
    private final Buffer message = Buffer.buffer(new byte[MESSAGE]);
    private final int count;
    private Promise<Void> done;
    private int sent;
    private int acknowledged;

    private Raw(ClusterNodes.Node node, int count) {
      this.count = count;
      producer = node.vertx().eventBus().sender("raw");
      node.vertx().eventBus().<Buffer>consumer("raw.ack", ack -> acknowledged());
    }

    private io.vertx.core.Future<Void> run() {
      done = Promise.promise();
      sent = 0;
      acknowledged = 0;
      for (int i = 0; i < WINDOW; i++) {
        send();
      }
      return done.future();
    }

    private void send() {
      if (sent < count) {
        sent++;
        producer.write(message);
      }
    }

    private void acknowledged() {
      if (++acknowledged == count) {
        done.complete();
      } else {
        send();
      }
    }
  }
}
