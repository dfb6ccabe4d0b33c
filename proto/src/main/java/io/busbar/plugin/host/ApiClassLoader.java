package io.busbar.plugin.host;

import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * What a plugin's jar sees of the node: the JDK, Busbar's API, and the libraries that stand in its
 * signatures (Vert.x core with Netty, gRPC, protobuf, SLF4J). Everything else a plugin brings along
 * in its own version.
 */
final class ApiClassLoader extends ClassLoader {
  /** Packages, and a class with its inner ones. */
  private static final List<String> SHARED =
      List.of(
          "io.busbar.bus.",
          "io.busbar.call.",
          "io.busbar.failure.",
          "io.busbar.fn.wire.",
          "io.busbar.member.Members$",
          "io.busbar.plugin.",
          "io.busbar.worker.",
          "io.vertx.core.",
          "io.vertx.codegen.",
          "io.vertx.grpc.",
          "io.netty.",
          "com.google.protobuf.",
          "org.slf4j.");

  private static final String HOST = "io.busbar.plugin.host.";

  private final ClassLoader node;

  ApiClassLoader(ClassLoader node) {
    super("busbar-api", ClassLoader.getPlatformClassLoader());
    this.node = node;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (!name.startsWith(HOST)) {
      for (String prefix : SHARED) {
        if ((name + "$").startsWith(prefix)) {
          return node.loadClass(name);
        }
      }
    }
    throw new ClassNotFoundException(name);
  }

  @Override
  protected URL findResource(String name) {
    return null;
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    return Collections.emptyEnumeration();
  }
}
