package io.busbar.member;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.networking.ChannelOption;
import com.hazelcast.internal.networking.ChannelOptions;
import com.hazelcast.internal.server.ServerContext;
import com.hazelcast.internal.server.tcp.UnifiedChannelInitializer;
import com.hazelcast.internal.server.tcp.UnifiedProtocolDecoder;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperties;
import com.hazelcast.spi.properties.HazelcastProperty;
import java.util.function.Function;

/** Starts members of the cluster whose links begin with a {@link PatientEncoder}. */
final class ClusterMember {
  private static final int KIB = 1024;

  private ClusterMember() {}

  /** Starts one; blocks until it has joined, or is alone. */
  static HazelcastInstance start(Config config) {
    return HazelcastInstanceFactory.newHazelcastInstance(
        config, config.getInstanceName(), new PatientContext());
  }

  private static final class PatientContext extends DefaultNodeContext {
    @Override
    public NodeExtension createNodeExtension(Node node) {
      return new PatientExtension(node);
    }
  }

  private static final class PatientExtension extends DefaultNodeExtension {
    PatientExtension(Node node) {
      super(node);
    }

    /** Members that listen for each kind of client on a port of its own begin otherwise. */
    @Override
    public Function<EndpointQualifier, ChannelInitializer> createChannelInitializerFn(
        ServerContext server) {
      Function<EndpointQualifier, ChannelInitializer> usual =
          super.createChannelInitializerFn(server);
      return endpoint -> {
        ChannelInitializer initializer = usual.apply(endpoint);
        return initializer instanceof UnifiedChannelInitializer
            ? channel -> begin(channel, server)
            : initializer;
      };
    }
  }

  private static void begin(Channel channel, ServerContext server) {
    socket(channel.options(), server.properties());
    PatientEncoder encoder = new PatientEncoder(server);
    channel.outboundPipeline().addLast(encoder);
    channel.inboundPipeline().addLast(new UnifiedProtocolDecoder(server, encoder));
  }

  /** As Hazelcast's properties say. */
  private static void socket(ChannelOptions socket, HazelcastProperties properties) {
    flag(socket, ChannelOption.DIRECT_BUF, properties, ClusterProperty.SOCKET_BUFFER_DIRECT);
    flag(socket, ChannelOption.TCP_NODELAY, properties, ClusterProperty.SOCKET_NO_DELAY);
    flag(socket, ChannelOption.SO_KEEPALIVE, properties, ClusterProperty.SOCKET_KEEP_ALIVE);
    number(socket, ChannelOption.TCP_KEEPIDLE, 1, properties, ClusterProperty.SOCKET_KEEP_IDLE);
    number(socket, ChannelOption.TCP_KEEPCOUNT, 1, properties, ClusterProperty.SOCKET_KEEP_COUNT);
    number(
        socket,
        ChannelOption.TCP_KEEPINTERVAL,
        1,
        properties,
        ClusterProperty.SOCKET_KEEP_INTERVAL);
    number(socket, ChannelOption.SO_LINGER, 1, properties, ClusterProperty.SOCKET_LINGER_SECONDS);
    number(
        socket, ChannelOption.SO_SNDBUF, KIB, properties, ClusterProperty.SOCKET_SEND_BUFFER_SIZE);
    number(
        socket,
        ChannelOption.SO_RCVBUF,
        KIB,
        properties,
        ClusterProperty.SOCKET_RECEIVE_BUFFER_SIZE);
  }

  private static void flag(
      ChannelOptions socket,
      ChannelOption<Boolean> option,
      HazelcastProperties properties,
      HazelcastProperty value) {
    socket.setOption(option, properties.getBoolean(value));
  }

  private static void number(
      ChannelOptions socket,
      ChannelOption<Integer> option,
      int unit,
      HazelcastProperties properties,
      HazelcastProperty value) {
    socket.setOption(option, properties.getInteger(value) * unit);
  }
}
