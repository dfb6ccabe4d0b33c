package io.busbar.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.NodeProcess;
import io.busbar.gateway.testing.PythonPeers;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A foreign Fn load balancer: Python's grpcio with stubs generated from the wire contract. Needs
 * Python 3.9 or newer with venv; installs the rest into the build folder. Profile {@code fn-peers}.
 */
@Tag("fn-peers")
class FnPythonPeerIT {
  private static final long RUN_SECONDS = 120;
  private static final int FN_FRAME = 10_240;

  @TempDir static Path folder;

  private static PythonPeers peers;
  private static NodeProcess entry;
  private static NodeProcess workers;

  @BeforeAll
  static void installPeerAndStartNodes() throws Exception {
    peers = PythonPeers.install(folder);
    String routes =
        "routes=[{match: {fn_id: echo}, pool: echo}, {match: {fn_id: thumbnail}, pool: thumbnail}]";
    entry = NodeProcess.start("entry", folder, "--set", routes);
    workers =
        NodeProcess.start(
            "workers",
            folder,
            "--join",
            entry.cluster(),
            "--plugin",
            "echo",
            "--plugin",
            "thumbnail");
    io.busbar.gateway.testing.Eventually.passes(
        java.time.Duration.ofSeconds(60),
        entry::log,
        () -> assertEquals(200, entry.call("echo", "x").statusCode()));
  }

  @AfterAll
  static void stop() {
    if (workers != null) {
      workers.close();
    }
    if (entry != null) {
      entry.close();
    }
  }

  @Test
  void aBodyComesBackWholeInFnsFrames() throws Exception {
    JsonObject answer = peer("echo", "echo", "1000000");
    assertEquals(answer.getString("sent_sha256"), answer.getString("sha256"), answer::encode);
    assertEquals(new JsonArray().add(200), answer.getJsonArray("statuses"));
    assertTrue(answer.getInteger("largest_frame") <= FN_FRAME, answer::encode);
    assertEquals(0, answer.getInteger("eofs"), "a runner never sends eof");
    assertTrue(answer.getJsonObject("finished").getBoolean("success"));
    assertEquals(0, answer.getInteger("grpc_status"), answer::encode);
  }

  @Test
  void anEmptyBodyComesBackEmpty() throws Exception {
    JsonObject answer = peer("echo", "echo", "0");
    assertTrue(answer.getJsonObject("finished").getBoolean("success"), answer::encode);
    assertEquals(0, answer.getInteger("bytes"));
  }

  @Test
  void aPictureComesBackSmall() throws Exception {
    Path photo = folder.resolve("photo.png");
    ImageIO.write(new BufferedImage(800, 600, BufferedImage.TYPE_INT_RGB), "png", photo.toFile());
    Path small = folder.resolve("small.png");
    JsonObject answer = peer("file", "thumbnail", photo.toString(), small.toString(), "image/png");
    assertTrue(answer.getJsonObject("finished").getBoolean("success"), answer::encode);
    BufferedImage picture = ImageIO.read(small.toFile());
    assertNotNull(picture);
    assertTrue(picture.getWidth() < 800);
  }

  @Test
  void aPoolWithoutWorkersIsANack() throws Exception {
    JsonObject finished = peer("echo", "nobody", "10").getJsonObject("finished");
    assertFalse(finished.getBoolean("success"));
    assertTrue(List.of(404, 503).contains(finished.getInteger("errorCode")), finished::encode);
  }

  @Test
  void theFunctionsTimeOutIsToldWithItsBlame() throws Exception {
    JsonObject answer = peer("slow", "echo", "20000");
    JsonObject finished = answer.getJsonObject("finished");
    assertNotNull(finished, answer::encode);
    assertEquals(504, finished.getInteger("errorCode"), finished::encode);
    assertTrue(finished.getBoolean("errorUser"));
  }

  @Test
  void aCancelLeavesNothingActive() throws Exception {
    assertEquals(0, peer("cancel", "echo").getInteger("active"));
  }

  @Test
  void manyCallsOnOneConnectionAllSucceed() throws Exception {
    JsonObject answer = peer("many", "echo", "500");
    assertEquals(answer.getInteger("calls"), answer.getInteger("ok"));
  }

  @Test
  void statusCountsCalls() throws Exception {
    peer("echo", "echo", "10");
    JsonObject status = peer("status");
    assertFalse(status.getBoolean("failed"));
    assertTrue(status.getInteger("received") > 0, status::encode);
  }

  private static JsonObject peer(String... scenario) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(entry.ready().get("runner")));
    arguments.addAll(List.of(scenario));
    return new JsonObject(peers.run(RUN_SECONDS, "fn_lb.py", arguments));
  }
}
