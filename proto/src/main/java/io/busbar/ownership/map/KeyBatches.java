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
  private final Entries entries;
  private final NodeEngine engine;

  KeyBatches(IMap<String, byte[]> owners, Entries entries) {
    this.owners = owners;
    this.entries = entries;
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
              for (Data data : own) {
                String key = engine.toObject(data);
                some.put(key, records.get(key));
              }
              return new RestoreProcessor(some, floor);
            },
            (key, said) -> decided.add(key))
        .map(decided);
  }

  /** One operation per partition; never fails. */
  private Future<Void> perPartition(
      Collection<String> keys,
      Function<Collection<Data>, EntryProcessor<String, byte[], byte[]>> make,
      BiConsumer<String, byte[]> said) {
    List<Future<Void>> asked = new ArrayList<>();
    byPartition(keys)
        .forEach(
            (partition, own) -> {
              DecideManyOperation operation =
                  new DecideManyOperation(owners.getName(), Set.copyOf(own), make.apply(own));
              asked.add(
                  entries
                      .<MapEntries>invoke(operation, partition)
                      .map(answers -> tell(answers, said))
                      .onFailure(e -> LOG.debug("partition {} did not answer", partition, e)));
            });
    return Future.join(asked).transform(done -> Future.succeededFuture());
  }

  private Void tell(MapEntries answers, BiConsumer<String, byte[]> said) {
    for (Map.Entry<Data, Data> one : answers.entries()) {
      said.accept(engine.toObject(one.getKey()), engine.toObject(one.getValue()));
    }
    return null;
  }

  private Map<Integer, List<Data>> byPartition(Collection<String> keys) {
    Map<Integer, List<Data>> byPartition = new HashMap<>();
    for (String key : keys) {
      Data data = engine.toData(key);
      int partition = engine.getPartitionService().getPartitionId(data);
      byPartition.computeIfAbsent(partition, p -> new ArrayList<>()).add(data);
    }
    return byPartition;
  }

  /** Records by key; keys without one are not among them. One message per member. */
  Future<Map<String, OwnerRecord>> read(Set<String> keys) {
    Map<Integer, List<Data>> own = byPartition(keys);
    Promise<Map<Integer, Object>> read = Promise.promise();
    engine
        .getOperationService()
        .invokeOnPartitionsAsync(
            MapService.SERVICE_NAME, new ReadKeys(owners.getName(), own), own.keySet())
        .whenCompleteAsync(
            (found, cause) -> {
              if (cause == null) {
                read.complete(found);
              } else {
                read.fail(cause);
              }
            },
            Runnable::run);
    return read.future().map(this::records);
  }

  private Map<String, OwnerRecord> records(Map<Integer, Object> found) {
    Map<String, OwnerRecord> records = new HashMap<>();
    for (Object some : found.values()) {
      MapEntries entries = engine.toObject(some);
      for (Map.Entry<Data, Data> one : entries.entries()) {
        String key = engine.toObject(one.getKey());
        byte[] bytes = engine.toObject(one.getValue());
        records.put(key, OwnerCodec.record(key, bytes));
      }
    }
    return records;
  }
}
