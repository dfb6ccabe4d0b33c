package io.busbar.ownership.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.map.IMap;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The index is added while other members come and go. */
class HostIndexTest {
  private static final RuntimeException UNCONFIRMED =
      new HazelcastException(new IndeterminateOperationStateException("a member left"));

  /** A map that answers so, one failure for each time, before an index can be added. */
  private static final class ReluctantMap {
    private final List<RuntimeException> failures;
    private int asked;
    private final IMap<?, ?> map =
        (IMap<?, ?>)
            Proxy.newProxyInstance(
                IMap.class.getClassLoader(),
                new Class<?>[] {IMap.class},
                (proxy, method, arguments) -> {
                  assertEquals("addIndex", method.getName());
                  int time = asked++;
                  if (time < failures().size()) {
                    throw failures().get(time);
                  }
                  return null;
                });

    ReluctantMap(List<RuntimeException> failures) {
      this.failures = failures;
    }

    private List<RuntimeException> failures() {
      return failures;
    }
  }

  @Test
  void anIndexThatNotAllMembersConfirmedIsAddedAgain() {
    ReluctantMap owners = new ReluctantMap(List.of(UNCONFIRMED, UNCONFIRMED));
    HostIndex.add(owners.map);
    assertEquals(3, owners.asked);
  }

  @Test
  void oneThatIsNeverConfirmedFails() {
    ReluctantMap owners = new ReluctantMap(Stream.generate(() -> UNCONFIRMED).limit(10).toList());
    RuntimeException thrown = assertThrows(RuntimeException.class, () -> HostIndex.add(owners.map));
    assertSame(UNCONFIRMED, thrown);
    assertEquals(5, owners.asked);
  }

  @Test
  void anyOtherFailureIsNotRepeated() {
    RuntimeException stopped = new HazelcastException("the member has stopped");
    ReluctantMap owners = new ReluctantMap(List.of(stopped));
    RuntimeException thrown = assertThrows(RuntimeException.class, () -> HostIndex.add(owners.map));
    assertSame(stopped, thrown);
    assertEquals(1, owners.asked);
  }
}
