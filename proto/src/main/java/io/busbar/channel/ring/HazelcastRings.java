package io.busbar.channel.ring;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.memberselector.MemberSelectors;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.partition.IPartition;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.ringbuffer.StaleSequenceException;
import com.hazelcast.ringbuffer.impl.ReadResultSetImpl;
import com.hazelcast.ringbuffer.impl.RingbufferService;
import com.hazelcast.spi.impl.NodeEngineImpl;
import com.hazelcast.spi.impl.operationservice.Operation;
import io.busbar.bus.Addresses;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.function.IntConsumer;

/** Rings of a Hazelcast cluster, from any member of it. */
public final class HazelcastRings implements RingStore {
  private static final String PREFIX = Addresses.channel("");
  private static final int NOWHERE = -1;

  private final HazelcastInstance hazelcast;
  private final NodeEngineImpl engine;

  /** Copies of each ring; the same for all channels. */
  private final int backups;

  public HazelcastRings(HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
    HazelcastInstanceImpl member =
        hazelcast instanceof HazelcastInstanceProxy proxy
            ? proxy.getOriginal()
            : (HazelcastInstanceImpl) hazelcast;
    this.engine = member.node.getNodeEngine();
    this.backups = engine.getConfig().findRingbufferConfig(ring("*")).getBackupCount();
  }

  private static String ring(String channel) {
    return Addresses.channel(channel);
  }

  @Override
  public int part(String channel) {
    try {
      return engine.getPartitionService().getPartitionId(ring(channel));
    } catch (HazelcastInstanceNotActiveException e) {
      // The node stops; whoever asks is about to be told so.
      return NOWHERE;
    }
  }

  @Override
  public String owner(String channel) {
    IPartition partition = partition(channel);
    var address = partition == null ? null : partition.getOwnerOrNull();
    Member member = address == null ? null : engine.getClusterService().getMember(address);
    return member == null ? null : member.getUuid().toString();
  }

  @Override
  public Set<String> held() {
    RingbufferService service = engine.getService(RingbufferService.SERVICE_NAME);
    Set<String> names = new TreeSet<>();
    service
        .getContainers()
        .forEach(
            (part, rings) -> {
              if (engine.getPartitionService().getPartition(part, false).isLocal()) {
                rings.forEach(
                    (ring, content) -> {
                      if (content.tailSequence() >= 0 && ring.getObjectName().startsWith(PREFIX)) {
                        names.add(ring.getObjectName().substring(PREFIX.length()));
                      }
                    });
              }
            });
    return names;
  }

  @Override
  public void onLoss(IntConsumer listener) {
    hazelcast
        .getPartitionService()
        .addPartitionLostListener(
            event -> {
              // Told of every member's loss, also when the first copy has all.
              if (event.allReplicasInPartitionLost() || event.getLostBackupCount() >= backups) {
                listener.accept(event.getPartitionId());
              }
            });
  }

  @Override
  public void onMerge(Runnable begins, Runnable ended) {
    hazelcast
        .getLifecycleService()
        .addLifecycleListener(
            event -> {
              switch (event.getState()) {
                case MERGING -> begins.run();
                case MERGED, MERGE_FAILED -> ended.run();
                default -> {}
              }
            });
  }

  @Override
  public Future<RingState> look(String channel) {
    return this.<long[]>invoke(channel, new LookOperation(ring(channel)), 0, false)
        .map(now -> new RingState(now[0], now[1], now[2]));
  }

  @Override
  public Future<List<RingState>> copies(String channel) {
    List<Future<RingState>> answers = new ArrayList<>();
    for (int copy = 1; copy <= copiesThereShouldBe(); copy++) {
      answers.add(
          this.<long[]>invoke(channel, new LookOperation(ring(channel)), copy, false)
              .map(now -> new RingState(now[0], now[1], now[2])));
    }
    return Future.all(answers).map(all -> all.list());
  }

  @Override
  public int arrangement(String channel) {
    IPartition partition = partition(channel);
    if (partition == null) {
      return NOWHERE;
    }
    for (int copy = 0; copy <= copiesThereShouldBe(); copy++) {
      var address = partition.getReplicaAddress(copy);
      if (address == null || engine.getClusterService().getMember(address) == null) {
        return NOWHERE;
      }
    }
    return partition.version();
  }

  /** Null = this member stops. */
  private IPartition partition(String channel) {
    int part = part(channel);
    return part < 0 ? null : engine.getPartitionService().getPartition(part, false);
  }

  private int copiesThereShouldBe() {
    int others = engine.getClusterService().getSize(MemberSelectors.DATA_MEMBER_SELECTOR) - 1;
    return Math.min(others, backups);
  }

  @Override
  public Future<RingState> append(
      String channel, long tail, long epoch, List<byte[]> items, long head) {
    return write(channel, new WriteOperation(ring(channel), tail, epoch, false, head, data(items)));
  }

  @Override
  public Future<RingState> begin(String channel, RingState expected, byte[] item) {
    Data[] items = data(List.of(item));
    return write(
        channel,
        new WriteOperation(ring(channel), expected.tail(), expected.epoch(), true, 0, items));
  }

  @Override
  public Future<RingState> drop(String channel, RingState expected) {
    return write(channel, new DropOperation(ring(channel), expected.tail(), expected.epoch()));
  }

  private Data[] data(List<byte[]> items) {
    return items.stream()
        .map(item -> (Data) engine.getSerializationService().toData(item))
        .toArray(Data[]::new);
  }

  private Future<RingState> write(String channel, Operation operation) {
    return this.<long[]>invoke(channel, operation, 0, false)
        .compose(
            answer -> {
              RingState now = new RingState(answer[1], answer[2], answer[3]);
              return answer[0] == 1
                  ? Future.succeededFuture(now)
                  : Future.failedFuture(new RingChangedException(now));
            });
  }

  @Override
  public Future<List<byte[]>> read(String channel, long epoch, long from, int max) {
    Operation read = new ReadOperation(ring(channel), epoch, from, max);
    return this.<ReadResultSetImpl<Object, byte[]>>invoke(channel, read, 0, true)
        .map(
            found -> {
              found.setSerializationService(engine.getSerializationService());
              List<byte[]> items = new ArrayList<>(found.size());
              for (int i = 0; i < found.size(); i++) {
                items.add(found.get(i));
              }
              return items;
            });
  }

  /**
   * @param copy 0 = at the holder of the ring, else at the holder of that copy
   * @param waits for as long as it takes
   */
  private <T> Future<T> invoke(String channel, Operation operation, int copy, boolean waits) {
    int part = part(channel);
    if (part < 0) {
      return Future.failedFuture(
          Failure.of(FailureCode.UNAVAILABLE, "this member of the cluster stops").toException());
    }
    Promise<T> promise = Promise.promise();
    try {
      var builder =
          engine
              .getOperationService()
              .createInvocationBuilder(RingbufferService.SERVICE_NAME, operation, part);
      if (copy > 0) {
        // It may be elsewhere a moment later; who asks asks again.
        builder.setReplicaIndex(copy).setTryCount(1);
      }
      if (waits) {
        builder.setCallTimeout(Long.MAX_VALUE);
      }
      builder
          .<T>invoke()
          .whenCompleteAsync(
              (result, cause) -> {
                if (cause == null) {
                  promise.complete(result);
                } else {
                  promise.fail(translated(cause));
                }
              },
              Runnable::run);
    } catch (RuntimeException e) {
      promise.fail(translated(e));
    }
    return promise.future();
  }

  private static Throwable translated(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (cause instanceof StaleSequenceException || cause instanceof IllegalArgumentException) {
      return new RingLostException(cause.getMessage());
    }
    return Failure.of(
            FailureCode.UNAVAILABLE,
            "the channel's ring did not answer: "
                + cause.getClass().getSimpleName()
                + ": "
                + cause.getMessage())
        .toException();
  }
}
