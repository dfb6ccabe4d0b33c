package io.busbar.gateway.testing;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What the JVMs of nodes start from: the class path of the tests with its directories as jars, and
 * an archive of the classes that a node has loaded by the time it stops (application class data
 * sharing, which takes only jars). Made once per build, kept under {@code target}; it spares each
 * node more than half of the processor time of its start. When no archive can be made nodes start
 * without one.
 *
 * @param classPath for {@code -cp}
 * @param flags for the JVM, before that
 */
record NodeImage(String classPath, List<String> flags) {
  private static final String PREFIX = "node-image-";
  private static final Duration TRAINING = Duration.ofMinutes(2);

  /** Made when the first node starts. */
  private static final class Holder {
    static final NodeImage IMAGE = make(System.getProperty("java.class.path"));
  }

  static NodeImage ofThisBuild() {
    return Holder.IMAGE;
  }

  private static NodeImage make(String testClassPath) {
    List<Path> entries =
        Stream.of(testClassPath.split(File.pathSeparator))
            .filter(entry -> !entry.isEmpty())
            .map(Path::of)
            .filter(Files::exists)
            .map(Path::toAbsolutePath)
            .toList();
    try {
      Path home = Path.of("target", PREFIX + digest(entries)).toAbsolutePath();
      forgetOthers(home);
      Files.createDirectories(home);
      // Another JVM of the same build may be at it.
      try (FileChannel lock =
              FileChannel.open(
                  home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          AutoCloseable held = lock.lock()) {
        return made(home, entries);
      }
    } catch (Exception e) {
      System.err.println("nodes start without an archive of classes: " + e);
      return new NodeImage(testClassPath, List.of());
    }
  }

  /** Of earlier builds in this directory. */
  private static void forgetOthers(Path home) throws IOException {
    try (Stream<Path> all = Files.walk(home.getParent(), 1)) {
      for (Path other : all.filter(path -> isOther(path, home)).toList()) {
        try (Stream<Path> files = Files.walk(other)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(file);
          }
        }
      }
    }
  }

  private static boolean isOther(Path path, Path home) {
    return path.getFileName().toString().startsWith(PREFIX) && !path.equals(home);
  }

  private static NodeImage made(Path home, List<Path> entries) throws Exception {
    Path archive = home.resolve("classes.jsa");
    boolean there = Files.exists(archive);
    List<String> jars = new ArrayList<>();
    for (Path entry : entries) {
      if (Files.isDirectory(entry)) {
        Path jar = home.resolve(jars.size() + ".jar");
        if (!there) {
          pack(entry, jar);
        }
        jars.add(jar.toString());
      } else {
        jars.add(entry.toString());
      }
    }
    String classPath = String.join(File.pathSeparator, jars);
    if (!there) {
      Path draft = home.resolve("draft.jsa");
      Files.deleteIfExists(draft);
      train(
          home,
          new NodeImage(classPath, List.of("-Xlog:disable", "-XX:ArchiveClassesAtExit=" + draft)));
      Files.move(draft, archive);
    }
    return new NodeImage(classPath, List.of("-XX:SharedArchiveFile=" + archive));
  }

  /** Changes with every file of the class path. */
  private static String digest(List<Path> entries) throws IOException {
    CRC32 sum = new CRC32();
    for (Path entry : entries) {
      try (Stream<Path> files = Files.walk(entry)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          String seen =
              file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
          sum.update(seen.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    return Long.toHexString(sum.getValue());
  }

  private static void pack(Path directory, Path jar) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(directory)) {
      out.setLevel(0);
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = directory.relativize(file).toString().replace(File.separatorChar, '/');
        out.putNextEntry(new ZipEntry(name));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }

  /** A node that starts and stops in order; the JVM writes the archive at its end. */
  private static void train(Path home, NodeImage image) {
    try (NodeProcess node = NodeProcess.launch(image, "train", home, "--plugin", "echo")) {
      node.ready();
      node.sigterm();
      node.exitCode(TRAINING);
    }
  }
}
