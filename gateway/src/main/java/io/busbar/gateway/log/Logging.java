package io.busbar.gateway.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.jul.LevelChangePropagator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.LogSettings;
import java.util.List;
import java.util.Set;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets up the log of the process: one line per event on stderr, since stdout belongs to answers. A
 * file named by {@code -Dlogback.configurationFile} replaces all of this.
 */
public final class Logging {

  private static final String OWN_FILE = "logback.configurationFile";

  /** Libraries that say at INFO what only their own developers want to know. */
  private static final List<String> CHATTY =
      List.of("com.hazelcast", "io.netty", "io.vertx", "com.mchange", "sun.rmi");

  private Logging() {}

  /**
   * For main, before anything logs: routes Vert.x, Hazelcast and java.util.logging here, and shows
   * warnings as text until {@link #configure}.
   */
  public static void early() {
    System.setProperty(
        "vertx.logger-delegate-factory-class-name",
        "io.vertx.core.logging.SLF4JLogDelegateFactory");
    System.setProperty("hazelcast.logging.type", "slf4j");
    LogManager.getLogManager().reset();
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    if (System.getProperty(OWN_FILE) == null) {
      LoggerContext context = install(LineEncoder.text("", new Secrets(Set.of())), "warn");
      // A command says itself what went wrong; libraries would say it again, in their own words.
      CHATTY.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
    }
  }

  /** For {@code serve}, once the configuration is known. */
  public static void configure(Config config) {
    if (System.getProperty(OWN_FILE) != null) {
      return;
    }
    LogSettings settings = config.log();
    String node = config.node().name();
    Secrets secrets = new Secrets(config.secrets());
    LoggerContext context =
        install(
            settings.json() ? LineEncoder.json(node, secrets) : LineEncoder.text(node, secrets),
            settings.level());
    Level root = Level.toLevel(settings.level());
    CHATTY.forEach(
        name -> {
          if (root.isGreaterOrEqual(Level.INFO) && Level.WARN.isGreaterOrEqual(root)) {
            context.getLogger(name).setLevel(Level.WARN);
          }
        });
    settings
        .levels()
        .forEach((name, level) -> context.getLogger(name).setLevel(Level.toLevel(level)));
  }

  private static LoggerContext install(LineEncoder encoder, String level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    LevelChangePropagator propagator = new LevelChangePropagator();
    propagator.setContext(context);
    propagator.setResetJUL(true);
    context.addListener(propagator);
    propagator.start();
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.toLevel(level));
    return context;
  }
}
