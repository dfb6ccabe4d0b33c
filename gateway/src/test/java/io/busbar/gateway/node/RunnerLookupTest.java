package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.node.ScriptedDns.Srv;
import io.busbar.runners.RunnerAddress;
import io.busbar.runners.RunnerResolver;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClientOptions;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The runners behind a name, against a scripted name server. */
class RunnerLookupTest {
  private static final RunnerAddress SERVICE = new RunnerAddress("_fn._tcp.runners.example", 0);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private ScriptedDns dns;
  private RunnerLookup lookup;

  @BeforeEach
  void open() throws Exception {
    dns = ScriptedDns.start(vertx);
    lookup =
        new RunnerLookup(context, new DnsClientOptions().setHost("127.0.0.1").setPort(dns.port()));
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private List<RunnerAddress> look(RunnerAddress name) throws Exception {
    return found(name).runners();
  }

  private RunnerResolver.Found found(RunnerAddress name) throws Exception {
    Promise<RunnerResolver.Found> found = Promise.promise();
    context.runOnContext(
        v ->
            lookup
                .runners(name)
                .onComplete(
                    done -> {
                      assertEquals(context, Vertx.currentContext());
                      found.handle(done);
                    }));
    return found.future().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static List<RunnerAddress> runners(String... addresses) {
    return List.of(addresses).stream().map(RunnerAddress::parse).toList();
  }

  @Test
  void eachRecordIsARunnerAtItsTargetAndPort() throws Exception {
    dns.answers(new Srv(0, 10, 9190, "r1.example"), new Srv(0, 90, 9191, "r2.example"));
    assertEquals(runners("r1.example:9190", "r2.example:9191"), look(SERVICE));
    dns.answers(new Srv(0, 10, 9192, "r3.example"));
    assertEquals(runners("r3.example:9192"), look(SERVICE));
  }

  @Test
  void recordsAreGoodForTheirTimeToLiveAndAddressesForAnyTime() throws Exception {
    dns.timeToLive(7);
    dns.answers(new Srv(0, 10, 9190, "r1.example"));
    assertEquals(7000, found(SERVICE).goodFor());
    assertEquals(Long.MAX_VALUE, found(RunnerAddress.parse("127.0.0.1:9190")).goodFor());
  }

  @Test
  void recordsOfWorsePriorityAreLeftOut() throws Exception {
    dns.answers(new Srv(20, 0, 9190, "spare.example"), new Srv(10, 0, 9190, "r1.example"));
    assertEquals(runners("r1.example:9190"), look(SERVICE));
  }

  @Test
  void theRootAsTargetMeansNobody() throws Exception {
    dns.answers(new Srv(0, 0, 9190, ""));
    assertEquals(List.of(), look(SERVICE));
  }

  @Test
  void aNameThatIsNotThereFailsAndTheNextLookUpIsGood() throws Exception {
    dns.knowsNothing();
    assertThrows(ExecutionException.class, () -> look(SERVICE));
    dns.answers(new Srv(0, 0, 9190, "r1.example"));
    assertEquals(runners("r1.example:9190"), look(SERVICE));
  }

  @Test
  void aRecordWithoutAPortFailsNamingIt() {
    dns.answers(new Srv(0, 0, 0, "r1.example"));
    ExecutionException failed = assertThrows(ExecutionException.class, () -> look(SERVICE));
    assertTrue(failed.getMessage().contains("'r1.example:0'"), failed.getMessage());
  }

  @Test
  void theAddressesOfAHostAreRunnersAtItsPort() throws Exception {
    assertEquals(runners("127.0.0.1:9190"), look(RunnerAddress.parse("127.0.0.1:9190")));
  }
}
