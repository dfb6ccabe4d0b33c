package io.busbar.gateway.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * The training stream of juniper-cascor, the reference: its own broadcaster and handler, without
 * its trainer, in a Python environment that has juniper-cascor[api]. One process; frames go in over
 * HTTP.
 */
final class ReferenceStream {
  static final String PUBLISH = "/publish";
  static final String SUBSCRIBE = "/ws/training";

  private static final String SCRIPT = "reference_stream.py";
  private static final String NEEDS =
      "import api.websocket.manager, api.websocket.training_stream, fastapi, uvicorn";

  private ReferenceStream() {}

  /**
   * Why it cannot be started, empty = it can.
   *
   * @param python of an environment, null = none was named
   */
  static Optional<String> missing(Path python) throws InterruptedException {
    if (python == null) {
      return Optional.of("--reference-python names no Python with juniper-cascor[api]");
    }
    try {
      Process check =
          new ProcessBuilder(python.toString(), "-c", NEEDS)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return check.waitFor() == 0
          ? Optional.empty()
          : Optional.of(python + " has no juniper-cascor[api]");
    } catch (IOException e) {
      return Optional.of(python + ": " + e.getMessage());
    }
  }

  /**
   * @param connections it takes
   */
  static Farm.Server start(Farm farm, Path python, int connections) throws Exception {
    Path script = farm.folder().resolve(SCRIPT);
    try (InputStream text = ReferenceStream.class.getResourceAsStream(SCRIPT)) {
      Files.copy(text, script, StandardCopyOption.REPLACE_EXISTING);
    }
    int port = Farm.freePort();
    return farm.program(
        "reference",
        port,
        List.of(
            python.toAbsolutePath().toString(),
            script.toString(),
            Integer.toString(port),
            Integer.toString(connections)));
  }
}
