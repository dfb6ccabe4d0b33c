package io.busbar.ownership.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.map.IMap;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A map with an index is opened while other members come and go. */
class OpenedMapTest {
  private static final RuntimeException UNCONFIRMED =
      new HazelcastException(new IndeterminateOperationStateException("a member left"));

  /** A member whose maps fail to open so, one failure for each time, before they do. */
  private static final class ReluctantMember {
    private final IMap<?, ?> map = fake(IMap.class, () -> null);
    private final HazelcastInstance instance = fake(HazelcastInstance.class, this::opens);
    private final List<RuntimeException> failures;
    private int asked;

    ReluctantMember(RuntimeException... failures) {
      this.failures = List.of(failures);
    }

    private Object opens() {
      int time = asked++;
      if (time < failures.size()) {
        throw failures.get(time);
      }
      return map;
    }

    private static <T> T fake(Class<T> type, java.util.function.Supplier<Object> says) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) ->
                  method.getDeclaringClass() == Object.class ? null : says.get()));
    }
  }

  @Test
  void mapThatNotAllMembersConfirmedIsOpenedAgain() {
    ReluctantMember member = new ReluctantMember(UNCONFIRMED, UNCONFIRMED);
    assertSame(member.map, HazelcastOwners.opened(member.instance, "owners"));
    assertEquals(3, member.asked);
  }

  @Test
  void mapThatIsNeverConfirmedFails() {
    ReluctantMember member =
        new ReluctantMember(
            Stream.generate(() -> UNCONFIRMED).limit(10).toArray(RuntimeException[]::new));
    RuntimeException thrown =
        assertThrows(
            RuntimeException.class, () -> HazelcastOwners.opened(member.instance, "owners"));
    assertSame(UNCONFIRMED, thrown);
    assertEquals(3, member.asked);
  }

  @Test
  void anyOtherFailureIsNotRepeated() {
    RuntimeException stopped = new HazelcastException("the member has stopped");
    ReluctantMember member = new ReluctantMember(stopped);
    RuntimeException thrown =
        assertThrows(
            RuntimeException.class, () -> HazelcastOwners.opened(member.instance, "owners"));
    assertSame(stopped, thrown);
    assertEquals(1, member.asked);
  }
}
