package io.busbar.gateway.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/**
 * A complete Python that Go's module proxy carries: the module go-embed-python has a stand-alone
 * build for each of its platforms, and pip. For machines that have Go and no Python that is new
 * enough.
 */
final class GoPython {
  private static final String MODULE = "github.com/kluctl/go-embed-python@v0.0.0-3.13.1-20241219-1";
  private static final String CHECKSUM = "h1:x1cSEj4Ug5mpuZgUHLvUmlc5r//KHFn6iYiRSrRcVy4=";
  private static final long DOWNLOAD_SECONDS = 600;

  /** Bits of Go's file mode. */
  private static final long EXECUTABLE = 0100;

  private static final long LINK = 1L << 27;
  private static final long FOLDER = 1L << 31;

  private final Path module;

  private GoPython(Path module) {
    this.module = module;
  }

  /**
   * Lets Go download it, unless it has it.
   *
   * @return empty = there is no Go
   */
  static Optional<GoPython> download(Path folder) throws IOException, InterruptedException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
    Process go;
    try {
      go =
          new ProcessBuilder("go", "mod", "download", "-json", MODULE)
              .directory(folder.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException notInstalled) {
      return Optional.empty();
    }
    String answer = new String(go.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!go.waitFor(DOWNLOAD_SECONDS, TimeUnit.SECONDS) || go.exitValue() != 0) {
      throw new IOException("go mod download " + MODULE + "\n" + answer);
    }
    JsonObject found = new JsonObject(answer);
    if (!CHECKSUM.equals(found.getString("Sum"))) {
      throw new IOException(MODULE + ": " + found.getString("Sum") + ", expected " + CHECKSUM);
    }
    return Optional.of(new GoPython(Path.of(found.getString("Dir"))));
  }

  /** Puts Python into that folder; its program. */
  Path unpackPython(Path into) throws IOException {
    Path data = module.resolve("python/internal/data").resolve(platform());
    if (!Files.isDirectory(data)) {
      throw new IOException(MODULE + " has no Python for " + platform());
    }
    unpack(data, into);
    return into.resolve("bin/python3");
  }

  /** Puts pip's package into that folder. */
  void unpackPip(Path into) throws IOException {
    unpack(module.resolve("pip/internal/data"), into);
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch");
    return (system.startsWith("mac") ? "darwin" : system)
        + "-"
        + ("aarch64".equals(processor) ? "arm64" : "amd64");
  }

  private static void unpack(Path from, Path into) throws IOException {
    JsonArray files =
        new JsonObject(Files.readString(from.resolve("files.json"))).getJsonArray("files");
    for (int i = 0; i < files.size(); i++) {
      JsonObject file = files.getJsonObject(i);
      String name = file.getString("name");
      Path target = into.resolve(name);
      long mode = file.getLong("perm");
      if ((mode & FOLDER) != 0) {
        Files.createDirectories(target);
      } else if ((mode & LINK) != 0) {
        Files.createDirectories(target.getParent());
        Files.deleteIfExists(target);
        Files.createSymbolicLink(target, Path.of(file.getString("symlink")));
      } else {
        Files.createDirectories(target.getParent());
        copy(from, file, target);
        if ((mode & EXECUTABLE) != 0 && !target.toFile().setExecutable(true)) {
          throw new IOException(target + " cannot be made executable");
        }
      }
    }
  }

  private static void copy(Path from, JsonObject file, Path target) throws IOException {
    boolean compressed = file.getBoolean("compressed", false);
    Path source = from.resolve(file.getString("name") + (compressed ? ".gz" : ""));
    try (InputStream bytes = Files.newInputStream(source);
        InputStream plain = compressed ? new GZIPInputStream(bytes) : bytes) {
      Files.deleteIfExists(target);
      Files.copy(plain, target);
    }
  }
}
