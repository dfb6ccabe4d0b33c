package io.busbar.ownership.map;

import com.hazelcast.internal.serialization.Data;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.map.impl.MapService;
import com.hazelcast.map.impl.operation.EntryOperation;
import com.hazelcast.map.impl.operation.GetOperation;
import com.hazelcast.spi.impl.AbstractDistributedObject;
import com.hazelcast.spi.impl.NodeEngine;
import com.hazelcast.spi.impl.operationservice.Operation;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * Runs operations in the entries of a map. The futures of Hazelcast's public methods hand each
 * answer to another thread, which on a machine with two processors or fewer is a new one each time;
 * these complete on the thread that has the answer. Any thread, does not block.
 */
final class Entries {
  private final String map;
  private final NodeEngine engine;

  Entries(IMap<?, ?> map) {
    this.map = map.getName();
    this.engine = ((AbstractDistributedObject<?>) map).getNodeEngine();
  }

  /** What the processor said, when the copies have what came out; null = nothing. */
  <T> Future<T> run(String key, EntryProcessor<?, ?, T> processor) {
    Data data = engine.toData(key);
    return invoke(new EntryOperation(map, data, processor), partition(data));
  }

  /** Null in the future = no such entry. */
  <T> Future<T> get(String key) {
    Data data = engine.toData(key);
    return invoke(new GetOperation(map, data), partition(data));
  }

  private int partition(Data key) {
    return engine.getPartitionService().getPartitionId(key);
  }

  <T> Future<T> invoke(Operation operation, int partition) {
    Promise<Object> answer = Promise.promise();
    engine
        .getOperationService()
        .invokeOnPartition(MapService.SERVICE_NAME, operation, partition)
        .whenCompleteAsync(
            (said, cause) -> {
              if (cause == null) {
                answer.complete(said);
              } else {
                answer.fail(cause);
              }
            },
            Runnable::run);
    return answer.future().map(said -> engine.<T>toObject(said));
  }
}
