package io.busbar.ownership;

import static io.busbar.testing.ClusterNodes.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.Busbar;
import io.busbar.BusbarOptions;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** An application that joined the cluster owns keys like a node. */
class ApplicationOwnsTest {
  @Test
  void anApplicationClaimsAndLeavingFreesItsKeys() throws Exception {
    try (ClusterNodes cluster = new ClusterNodes()) {
      OwnershipMember node = OwnershipMember.start(cluster, "node", OwnershipOptions.DEFAULTS);
      BusbarOptions base = BusbarOptions.of("app").withJoin(cluster.address());
      BusbarOptions options = base.withCluster(base.cluster().withName(cluster.cluster()));
      Vertx vertx = await(Busbar.clustered(options));
      Busbar busbar = await(Busbar.join(vertx, options));
      OwnerAnswer granted = ask(vertx, () -> busbar.ownership().claim("k"));
      assertEquals(OwnerCode.GRANTED, granted.code());
      assertEquals("app", granted.record().owner());
      assertEquals(OwnerCode.OWNED_BY_OTHER, node.claim("k").code());
      await(busbar.close());
      await(vertx.close());
      assertEquals(OwnerCode.GRANTED, node.claim("k").code());
    }
  }

  private static <T> T ask(Vertx vertx, Supplier<Future<T>> question) throws Exception {
    Promise<T> answer = Promise.promise();
    vertx.getOrCreateContext().runOnContext(v -> question.get().onComplete(answer));
    return await(answer.future());
  }
}
