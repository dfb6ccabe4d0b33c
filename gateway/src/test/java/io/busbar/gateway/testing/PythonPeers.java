package io.busbar.gateway.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Python's grpcio in the build folder, and the scripts that use it. Needs Python 3.9 with venv. */
public final class PythonPeers {
  private static final Path SCRIPTS = Path.of("src/test/python");
  private static final Path PROTOS =
      Path.of("../proto/src/main/proto/fn").toAbsolutePath().normalize();
  private static final long INSTALL_SECONDS = 600;

  private final String python;
  private final Path folder;
  private final Path contract;

  private PythonPeers(String python, Path folder, Path contract) {
    this.python = python;
    this.folder = folder;
    this.contract = contract;
  }

  /** The same peers for another wire contract, in that folder. */
  public PythonPeers withContract(Path protos) {
    return new PythonPeers(python, folder, protos);
  }

  /**
   * Installs what is missing.
   *
   * @param folder for what a run leaves behind
   */
  public static PythonPeers install(Path folder) throws IOException, InterruptedException {
    Path venv = Path.of("target/fn-peers").toAbsolutePath();
    PythonPeers peers = new PythonPeers(venv.resolve("bin/python").toString(), folder, PROTOS);
    if (!Files.exists(venv.resolve("installed"))) {
      peers.run(INSTALL_SECONDS, "python3", "-m", "venv", venv.toString());
      peers.run(
          INSTALL_SECONDS,
          peers.python,
          "-m",
          "pip",
          "install",
          "--quiet",
          "-r",
          SCRIPTS.resolve("requirements.txt").toString());
      Files.createFile(venv.resolve("installed"));
    }
    return peers;
  }

  /** Command line of a script, with the folder of the wire contract first. */
  private List<String> command(String script, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(python, SCRIPTS.resolve(script).toString(), contract.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs a script to its end; its output. */
  public String run(long seconds, String script, List<String> arguments)
      throws IOException, InterruptedException {
    return run(seconds, command(script, arguments.toArray(String[]::new)).toArray(String[]::new));
  }

  /** Starts a script that goes on until its input ends. */
  public Process start(String script, String... arguments) throws IOException {
    return new ProcessBuilder(command(script, arguments))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private String run(long seconds, String... command) throws IOException, InterruptedException {
    File errors = File.createTempFile("peer", ".err", folder.toFile());
    Process process = new ProcessBuilder(command).redirectError(errors).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(
          String.join(" ", command) + "\n" + output + Files.readString(errors.toPath()));
    }
    return output;
  }
}
