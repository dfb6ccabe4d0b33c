package io.busbar.plugin.host;

import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds plugins: jars, each in a class loader of its own, and samples or classes on the class path.
 * Every failure is an IllegalArgumentException with one line that says what to do. Reads files and
 * runs constructors: not for an event loop. Closing it closes the jars.
 */
public final class PluginLoader implements AutoCloseable {
  /** Version of the plugin interface; a jar that needs a higher one is refused. */
  public static final int API_VERSION = 1;

  /** Manifest attribute of a jar: the version of the plugin interface that it needs. */
  public static final String API_ATTRIBUTE = "Busbar-Plugin-Api";

  private static final Logger log = LoggerFactory.getLogger(PluginLoader.class);
  private static final String SERVICE = "META-INF/services/" + BusbarPlugin.class.getName();

  private final ClassLoader node;
  private final List<URLClassLoader> open = new ArrayList<>();
  private final Map<String, String> origins = new HashMap<>();

  /**
   * @param node class loader of the program, for samples and classes
   */
  public PluginLoader(ClassLoader node) {
    this.node = node;
  }

  /** All of them, in their order. */
  public List<PluginSource> loadAll(List<String> references) {
    List<PluginSource> all = new ArrayList<>();
    references.forEach(reference -> all.addAll(load(reference)));
    return all;
  }

  /**
   * The plugins of one reference.
   *
   * @param reference a path of a jar (ends with {@code .jar} or has a separator), the name of a
   *     sample, or the name of a class
   */
  public List<PluginSource> load(String reference) {
    if (reference.isBlank()) {
      throw bad(reference, "it is empty; give a jar, the name of a sample, or a class name");
    }
    List<PluginSource> found;
    if (reference.endsWith(".jar") || reference.indexOf('/') >= 0) {
      found = fromJar(reference);
    } else if (reference.indexOf('.') >= 0) {
      found = List.of(fromClass(reference));
    } else {
      found = List.of(sample(reference));
    }
    for (PluginSource source : found) {
      String before = origins.putIfAbsent(source.descriptor().name(), source.origin());
      if (before != null) {
        throw bad(
            reference,
            "a plugin named '"
                + source.descriptor().name()
                + "' was loaded already from "
                + before
                + "; leave one of them out");
      }
    }
    return found;
  }

  /** Names of the samples on the class path, sorted. */
  public List<String> samples() {
    List<String> names = new ArrayList<>();
    for (ServiceLoader.Provider<BusbarPlugin> provider :
        providers("the class path", ServiceLoader.load(BusbarPlugin.class, node))) {
      names.add(source("the class path", provider.type(), node, "").descriptor().name());
    }
    names.sort(String::compareTo);
    return names;
  }

  private PluginSource sample(String name) {
    for (ServiceLoader.Provider<BusbarPlugin> provider :
        providers(name, ServiceLoader.load(BusbarPlugin.class, node))) {
      PluginSource source = source(name, provider.type(), node, "sample " + name);
      if (source.descriptor().name().equals(name)) {
        return source;
      }
    }
    throw bad(
        name,
        "no sample of that name, expected one of "
            + samples()
            + ", a jar (ending with .jar) or a full class name");
  }

  private PluginSource fromClass(String name) {
    Class<?> type;
    try {
      type = Class.forName(name, false, node);
    } catch (ClassNotFoundException e) {
      throw bad(name, "no such class on the class path; if it is in a jar, give the jar", e);
    } catch (LinkageError e) {
      throw bad(name, linkage(e), e);
    }
    if (!BusbarPlugin.class.isAssignableFrom(type)) {
      throw bad(name, "the class does not implement " + BusbarPlugin.class.getName());
    }
    return source(name, type.asSubclass(BusbarPlugin.class), node, "class " + name);
  }

  private List<PluginSource> fromJar(String reference) {
    Path path = Path.of(reference);
    if (!Files.isRegularFile(path)) {
      throw bad(reference, "no such file; give the path of the plugin's jar");
    }
    if (!Files.isReadable(path)) {
      throw bad(reference, "the file may not be read; allow this user to read it");
    }
    checkVersion(reference, path);
    URLClassLoader loader = loader(reference, path);
    List<PluginSource> found = new ArrayList<>();
    for (ServiceLoader.Provider<BusbarPlugin> provider :
        providers(reference, ServiceLoader.load(BusbarPlugin.class, loader))) {
      found.add(source(reference, provider.type(), loader, reference));
    }
    if (found.isEmpty()) {
      throw bad(reference, "it names no plugin; list the plugin's class in " + SERVICE);
    }
    return found;
  }

  private static void checkVersion(String reference, Path path) {
    try (JarFile jar = new JarFile(path.toFile())) {
      Manifest manifest = jar.getManifest();
      String needs = manifest == null ? null : manifest.getMainAttributes().getValue(API_ATTRIBUTE);
      if (needs == null) {
        return;
      }
      int version = Integer.parseInt(needs.trim());
      if (version > API_VERSION) {
        throw bad(
            reference,
            "it needs plugin interface "
                + version
                + ", this node has "
                + API_VERSION
                + "; update the node or build the plugin against this version");
      }
    } catch (NumberFormatException e) {
      throw bad(reference, "its manifest says " + API_ATTRIBUTE + " without a number", e);
    } catch (IOException e) {
      throw bad(reference, "not a jar (" + WorkerFailures.text(e) + "); build it again", e);
    }
  }

  private URLClassLoader loader(String reference, Path path) {
    try {
      URL[] urls = {path.toUri().toURL()};
      URLClassLoader loader =
          new URLClassLoader("plugin:" + path.getFileName(), urls, new ApiClassLoader(node));
      open.add(loader);
      return loader;
    } catch (IOException e) {
      throw bad(reference, "not a path that can be read (" + WorkerFailures.text(e) + ")", e);
    }
  }

  private static List<ServiceLoader.Provider<BusbarPlugin>> providers(
      String reference, ServiceLoader<BusbarPlugin> services) {
    try {
      return services.stream().toList();
    } catch (ServiceConfigurationError e) {
      throw bad(reference, "its " + SERVICE + " is wrong: " + WorkerFailures.text(rootOf(e)), e);
    } catch (LinkageError e) {
      throw bad(reference, linkage(e), e);
    }
  }

  private static Throwable rootOf(Throwable error) {
    return error.getCause() == null ? error : error.getCause();
  }

  private static PluginSource source(
      String reference, Class<? extends BusbarPlugin> type, ClassLoader loader, String origin) {
    BusbarPlugin first;
    PluginDescriptor descriptor;
    try {
      first = make(type);
      descriptor = first.descriptor();
    } catch (LinkageError e) {
      throw bad(reference, linkage(e), e);
    } catch (Throwable e) {
      throw bad(
          reference,
          type.getName()
              + " can not be made, its constructor or descriptor threw "
              + WorkerFailures.text(e),
          e);
    }
    if (descriptor == null) {
      throw bad(reference, type.getName() + " gives no descriptor");
    }
    return new PluginSource(
        descriptor, first instanceof WorkerPlugin, () -> again(type), loader, origin, false);
  }

  /** Makes an instance as the service loader does; throws what the constructor throws. */
  private static BusbarPlugin make(Class<? extends BusbarPlugin> type) throws Throwable {
    try {
      return type.getConstructor().newInstance();
    } catch (java.lang.reflect.InvocationTargetException e) {
      throw e.getCause();
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException("no public constructor without parameters", e);
    }
  }

  private static BusbarPlugin again(Class<? extends BusbarPlugin> type) {
    try {
      return make(type);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(WorkerFailures.text(e), e);
    }
  }

  private static String linkage(LinkageError error) {
    if (error instanceof UnsupportedClassVersionError) {
      return "it was built for a newer Java than this one ("
          + Runtime.version().feature()
          + "); build it with --release "
          + Runtime.version().feature();
    }
    return "it does not fit this version of Busbar, or lacks a library ("
        + WorkerFailures.text(error)
        + "); build it against this version, with its libraries inside the jar";
  }

  private static IllegalArgumentException bad(String reference, String what) {
    return bad(reference, what, null);
  }

  private static IllegalArgumentException bad(String reference, String what, Throwable cause) {
    return new IllegalArgumentException(
        "plugin '" + reference + "': " + what.replace('\n', ' '), cause);
  }

  @Override
  public void close() {
    for (URLClassLoader loader : open) {
      try {
        loader.close();
      } catch (IOException e) {
        log.warn("{} was not closed: {}", loader.getName(), WorkerFailures.text(e));
      }
    }
    open.clear();
    origins.clear();
  }
}
