package io.busbar.ownership.map;

import com.hazelcast.internal.serialization.Data;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.map.impl.MapEntries;
import com.hazelcast.map.impl.MapService;
import com.hazelcast.spi.impl.AbstractDistributedObject;
import com.hazelcast.spi.impl.NodeEngine;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.OwnerRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Many keys with few messages: one operation for all keys of a partition. Any thread. */
final class KeyBatches {
  private static final Logger LOG = LoggerFactory.getLogger(KeyBatches.class);

  private final IMap<String, byte[]> owners;
  private final NodeEngine engine;

  KeyBatches(IMap<String, byte[]> owners) {
    this.owners = owners;
    this.engine = ((AbstractDistributedObject<?>) owners).getNodeEngine();
  }

  /** Answers by key; keys whose partition did not answer are not among them. */
  Future<Map<String, OwnerAnswer>> apply(Collection<String> keys, OwnerRequest request) {
    byte[] bytes = RequestCodec.bytes(request);
    Map<String, OwnerAnswer> answers = new ConcurrentHashMap<>();
    return perPartition(
            keys,
            own -> new DecideManyProcessor(bytes),
            (key, said) -> answers.put(key, OwnerCodec.answer(key, said)))
        .map(answers);
  }

  /** The keys for which it was decided whether their record comes back. */
  Future<Set<String>> restore(Map<String, byte[]> records, long floor) {
    Set<String> decided = ConcurrentHashMap.newKeySet();
    return perPartition(
            records.keySet(),
            own -> {
              Map<String, byte[]> some = new HashMap<>();
              own.forEach(key -> some.put(key, records.get(key)));
              return new RestoreProcessor(some, floor);
            },
            (key, said) -> decided.add(key))
        .map(decided);
  }

  /** One operation per partition; never fails. */
  private Future<Void> perPartition(
      Collection<String> keys,
      Function<Collection<String>, EntryProcessor<String, byte[], byte[]>> make,
      BiConsumer<String, byte[]> said) {
    Map<Integer, Map<Data, String>> byPartition = new HashMap<>();
    for (String key : keys) {
      Data data = engine.toData(key);
      int partition = engine.getPartitionService().getPartitionId(data);
      byPartition.computeIfAbsent(partition, p -> new HashMap<>()).put(data, key);
    }
    List<Future<Void>> asked = new ArrayList<>();
    byPartition.forEach(
        (partition, own) -> {
          DecideManyOperation operation =
              new DecideManyOperation(
                  owners.getName(), new HashSet<>(own.keySet()), make.apply(own.values()));
          asked.add(ask(operation, partition, said));
        });
    return Future.join(asked).transform(done -> Future.succeededFuture());
  }

  private Future<Void> ask(
      DecideManyOperation operation, int partition, BiConsumer<String, byte[]> said) {
    Promise<Void> asked = Promise.promise();
    engine
        .getOperationService()
        .<MapEntries>invokeOnPartition(MapService.SERVICE_NAME, operation, partition)
        .whenCompleteAsync(
            (answers, cause) -> {
              if (cause != null) {
                LOG.debug("partition {} did not answer", partition, cause);
                asked.fail(cause);
                return;
              }
              for (Map.Entry<Data, Data> one : answers.entries()) {
                said.accept(engine.toObject(one.getKey()), engine.toObject(one.getValue()));
              }
              asked.complete();
            },
            Runnable::run);
    return asked.future();
  }

  /** Records by key; keys without one are not among them. */
  Future<Map<String, OwnerRecord>> read(Set<String> keys) {
    Promise<Map<String, OwnerRecord>> read = Promise.promise();
    owners
        .submitToKeys(keys, new ReadProcessor())
        .whenCompleteAsync(
            (values, cause) -> {
              if (cause != null) {
                read.fail(cause);
                return;
              }
              Map<String, OwnerRecord> records = new HashMap<>();
              values.forEach((key, bytes) -> records.put(key, OwnerCodec.record(key, bytes)));
              read.complete(records);
            },
            Runnable::run);
    return read.future();
  }
}
