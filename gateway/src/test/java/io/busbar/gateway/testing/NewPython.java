package io.busbar.gateway.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Python 3.12 or newer with venv: the one that BUSBAR_PEER_PYTHON names, else an installed one,
 * else one that Go can download.
 */
final class NewPython {
  private static final List<String> PROGRAMS =
      List.of("python3.14", "python3.13", "python3.12", "python3");
  private static final String CHECK =
      "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))";

  private NewPython() {}

  /**
   * Makes a virtual environment with pip.
   *
   * @param build where a Python is put that has to be downloaded
   * @return false = there is neither Python nor Go
   */
  static boolean environment(Path build, Path venv) throws IOException, InterruptedException {
    Optional<String> installed = installed();
    if (installed.isPresent()) {
      make(installed.get(), venv);
      return true;
    }
    Optional<GoPython> downloaded = GoPython.download(build);
    if (downloaded.isEmpty()) {
      return false;
    }
    Path program = downloaded.get().unpackPython(build.resolve("python"));
    make(program.toString(), venv, "--without-pip");
    try (Stream<Path> versions = Files.list(venv.resolve("lib"))) {
      downloaded.get().unpackPip(versions.findFirst().orElseThrow().resolve("site-packages"));
    }
    return true;
  }

  private static Optional<String> installed() throws IOException, InterruptedException {
    String named = System.getenv("BUSBAR_PEER_PYTHON");
    for (String python : named != null ? List.of(named) : PROGRAMS) {
      try {
        Process check =
            new ProcessBuilder(python, "-c", CHECK)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (check.waitFor() == 0) {
          return Optional.of(python);
        }
      } catch (IOException notInstalled) {
        continue;
      }
    }
    if (named != null) {
      throw new IOException("BUSBAR_PEER_PYTHON=" + named + ": expected Python 3.12 with venv");
    }
    return Optional.empty();
  }

  private static void make(String python, Path venv, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(
                Stream.of(python, "-m", "venv", "--clear"),
                Stream.concat(Stream.of(options), Stream.of(venv.toString())))
            .toList();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": exit " + process.exitValue());
    }
  }
}
