package io.busbar.gateway.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.List;
import java.util.Set;

/**
 * The loss of another node as Hazelcast, Vert.x and Netty report it. It belongs to the life of a
 * cluster; where in a library it was noticed tells nobody anything, so such a line says what
 * happened without a stack. Whatever else these libraries report keeps its stack.
 */
final class ExpectedLoss {
  private static final List<String> LIBRARIES = List.of("com.hazelcast.", "io.vertx.", "io.netty.");

  private static final Set<String> CAUSES =
      Set.of(
          "java.net.ConnectException",
          "java.net.SocketException",
          "java.net.NoRouteToHostException",
          "java.net.PortUnreachableException",
          "java.nio.channels.ClosedChannelException",
          "java.nio.channels.AsynchronousCloseException",
          "io.netty.channel.ConnectTimeoutException",
          "io.netty.channel.StacklessClosedChannelException",
          "io.netty.channel.unix.Errors$NativeIoException",
          "io.vertx.core.http.HttpClosedException",
          "com.hazelcast.core.MemberLeftException",
          "com.hazelcast.core.HazelcastInstanceNotActiveException",
          "com.hazelcast.spi.exception.TargetNotMemberException",
          "com.hazelcast.spi.exception.TargetDisconnectedException",
          "com.hazelcast.spi.exception.WrongTargetException",
          "com.hazelcast.spi.exception.CallerNotMemberException",
          "com.hazelcast.spi.exception.PartitionMigratingException",
          "com.hazelcast.spi.exception.RetryableIOException");

  private ExpectedLoss() {}

  /** The cause in few words when the event tells of such a loss; null = it does not. */
  static String of(ILoggingEvent event) {
    IThrowableProxy root = event.getThrowableProxy();
    if (root == null || LIBRARIES.stream().noneMatch(event.getLoggerName()::startsWith)) {
      return null;
    }
    while (root.getCause() != null) {
      root = root.getCause();
    }
    boolean broken =
        root.getClassName().equals("java.io.IOException") && saysBroken(root.getMessage());
    if (!broken && !CAUSES.contains(root.getClassName())) {
      return null;
    }
    String name = root.getClassName().substring(root.getClassName().lastIndexOf('.') + 1);
    return root.getMessage() == null ? name : name + ": " + root.getMessage();
  }

  /** What the system says of a connection that the other side lost. */
  private static boolean saysBroken(String message) {
    return message != null
        && (message.contains("Connection reset")
            || message.contains("Broken pipe")
            || message.contains("Connection refused")
            || message.contains("Connection timed out")
            || message.contains("closed by the other side"));
  }
}
