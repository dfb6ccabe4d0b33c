package io.busbar.gateway.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The packages of the juniper-cascor family from PyPI, in an environment of their own under the
 * build folder, and the scripts that use them. Installs what is missing, Python too ({@link
 * NewPython}).
 *
 * <p>The reference server has a folder of its own, because it brings top-level packages with the
 * names of those that a stock worker takes from juniper-cascor-model.
 */
public final class JuniperPeers {
  private static final Path SCRIPTS = Path.of("src/test/python").toAbsolutePath();
  private static final Path BUILD = Path.of("target/juniper-peers").toAbsolutePath();
  private static final Path VENV = BUILD.resolve("venv");
  private static final Path SERVER = BUILD.resolve("server");
  private static final String SWITCH = "BUSBAR_PEER_TORCH";
  private static final String PACKAGES = "juniper-requirements.txt";
  private static final String SERVER_PACKAGE = "juniper-server-requirements.txt";
  private static final String DEPENDENCIES = "juniper-dependencies.txt";
  private static final String TORCH = "juniper-torch-requirements.txt";
  private static final Path STREAM =
      Path.of("src/main/resources/io/busbar/gateway/bench/reference_stream.py").toAbsolutePath();
  private static final long INSTALL_SECONDS = 900;

  /** See torch_without_cuda.py. */
  private static final Map<String, String> LAZY_LIBRARIES = Map.of("TORCH_USE_RTLD_GLOBAL", "1");

  private final Path folder;

  private JuniperPeers(Path folder) {
    this.folder = folder;
  }

  /**
   * Installs what is missing; aborts the test if there is nothing to install Python with.
   *
   * @param folder for what a run leaves behind
   */
  public static JuniperPeers install(Path folder) throws IOException, InterruptedException {
    JuniperPeers peers = new JuniperPeers(folder);
    List<String> wanted = List.of(DEPENDENCIES, PACKAGES, SERVER_PACKAGE);
    if (peers.lacks("packages", wanted)) {
      assumeTrue(
          NewPython.environment(BUILD, VENV),
          "SKIPPED: neither Python 3.12 with venv nor Go, which could download one");
      peers.pip(DEPENDENCIES, "--prefer-binary");
      peers.pip(PACKAGES, "--no-deps");
      peers.pip(SERVER_PACKAGE, "--no-deps", "--upgrade", "--target", SERVER.toString());
      peers.has("packages", wanted);
    }
    return peers;
  }

  /**
   * The same with torch, which is 540 MB to download and 1.2 GB on the disk; aborts the test unless
   * BUSBAR_PEER_TORCH=1 allows that.
   */
  public static JuniperPeers installWithTorch(Path folder)
      throws IOException, InterruptedException {
    assumeTrue(
        "1".equals(System.getenv(SWITCH)),
        "SKIPPED: real torch is asked for with " + SWITCH + "=1");
    JuniperPeers peers = install(folder);
    List<String> wanted = List.of(DEPENDENCIES, TORCH);
    if (peers.lacks("torch", wanted)) {
      peers.pip(TORCH, "--no-deps");
      peers.script(INSTALL_SECONDS, "torch_without_cuda.py");
      peers.has("torch", wanted);
    }
    return peers;
  }

  private static String content(List<String> requirements) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String file : requirements) {
      all.append(Files.readString(SCRIPTS.resolve(file)));
    }
    return all.toString();
  }

  private boolean lacks(String what, List<String> requirements) throws IOException {
    Path mark = VENV.resolve("installed-" + what);
    return !Files.exists(mark) || !content(requirements).equals(Files.readString(mark));
  }

  private void has(String what, List<String> requirements) throws IOException {
    Files.writeString(VENV.resolve("installed-" + what), content(requirements));
  }

  private void pip(String requirements, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(program("python"), "-m", "pip", "install", "--quiet"));
    command.addAll(List.of(options));
    command.addAll(List.of("-r", SCRIPTS.resolve(requirements).toString()));
    run(INSTALL_SECONDS, command);
  }

  private static String program(String name) {
    return VENV.resolve("bin").resolve(name).toString();
  }

  /** Runs a script to its end; what it printed. */
  public String script(long seconds, String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(program("python"), SCRIPTS.resolve(script).toString()));
    command.addAll(Arrays.asList(arguments));
    return run(seconds, command);
  }

  private String run(long seconds, List<String> command) throws IOException, InterruptedException {
    File errors = File.createTempFile("peer", ".err", folder.toFile());
    Process process = new ProcessBuilder(command).redirectError(errors).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new AssertionError(
          String.join(" ", command) + "\n" + output + Files.readString(errors.toPath()));
    }
    return output;
  }

  /** A stock worker with stand-ins for torch and the trainer. */
  public PythonProcess worker(String serverUrl) throws IOException {
    return start(
        "worker",
        Map.of("PYTHONPATH", SCRIPTS.resolve("juniper_stand_ins").toString()),
        List.of(program("juniper-cascor-worker"), "--server-url", serverUrl));
  }

  /** The reference's training stream without its trainer. */
  public PythonProcess stream(int port, int connections) throws IOException {
    return start(
        "stream",
        Map.of("PYTHONPATH", SERVER.toString()),
        List.of(
            program("python"),
            STREAM.toString(),
            Integer.toString(port),
            Integer.toString(connections)));
  }

  /** A stock worker with torch and its own trainer. */
  public PythonProcess workerWithTorch(String serverUrl) throws IOException {
    return start(
        "worker",
        LAZY_LIBRARIES,
        List.of(program("juniper-cascor-worker"), "--server-url", serverUrl));
  }

  /**
   * The reference server, with torch.
   *
   * @param settings its environment variables
   */
  public PythonProcess server(int port, Map<String, String> settings) throws IOException {
    Map<String, String> environment = new HashMap<>(LAZY_LIBRARIES);
    environment.put("PYTHONPATH", SERVER.toString());
    environment.put("JUNIPER_CASCOR_PORT", Integer.toString(port));
    environment.putAll(settings);
    return start(
        "server",
        environment,
        List.of(program("python"), SERVER.resolve("src/server.py").toString()));
  }

  /** Starts a script; its output is read line by line. */
  public PythonProcess start(String name, String script, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(program("python"), SCRIPTS.resolve(script).toString()));
    command.addAll(Arrays.asList(arguments));
    return start(name, Map.of(), command);
  }

  private PythonProcess start(String name, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().putAll(environment);
    return PythonProcess.read(name, builder.start());
  }
}
