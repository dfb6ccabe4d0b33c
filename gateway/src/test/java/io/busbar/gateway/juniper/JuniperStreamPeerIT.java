package io.busbar.gateway.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.JuniperPeers;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.gateway.testing.PythonProcess;
import io.busbar.testing.FreePorts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The reference's own broadcaster behind the relay, without its trainer and torch. Needs what
 * {@link JuniperPeers} needs. Profile {@code juniper-peers}.
 */
@Tag("juniper-peers")
class JuniperStreamPeerIT {
  private static final long RUN_SECONDS = 180;
  private static final int CONNECTIONS = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path folder;

  private static JuniperPeers peers;

  @BeforeAll
  static void install() throws Exception {
    peers = JuniperPeers.install(folder);
  }

  /** Of three nodes, because two keep no majority when one is killed. */
  @Test
  void aDashboardMissesNothingOfTheReferenceWhenTheNodeThatRelaysItIsKilled() throws Exception {
    int port = FreePorts.one();
    String reference = "127.0.0.1:" + port;
    String[] relay = {"--set", "training.upstream=ws://" + reference};
    try (PythonProcess stream = peers.stream(port, CONNECTIONS)) {
      Eventually.passes(PATIENCE, stream::log, () -> new Socket("127.0.0.1", port).close());
      try (NodeProcess relays = NodeProcess.start("relays", folder, relay);
          NodeProcess shows =
              NodeProcess.start("shows", folder, "--join", relays.cluster(), relay[0], relay[1]);
          NodeProcess third =
              NodeProcess.start("third", folder, "--join", relays.cluster(), relay[0], relay[1]);
          PythonProcess viewers =
              peers.start(
                  "viewers", "juniper_relayed_stream.py", reference, shows.ready().get("http"))) {
        viewers.result(RUN_SECONDS);
        relays.sigkill();
        viewers.goOn();
        JsonObject seen = new JsonObject(viewers.result(RUN_SECONDS));
        String shown = seen + "\n" + viewers.log() + shows.log() + third.log();
        assertTrue(seen.getBoolean("same"), shown);
        assertEquals(new JsonArray(), seen.getJsonArray("gaps"), shown);
        JsonArray chunks = seen.getJsonArray("chunks");
        assertTrue(chunks.getInteger(0) > 0 && chunks.getInteger(1) > 0, shown);
      }
    }
  }
}
