package io.busbar.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The conformance tests of h2spec against the codec's server side. Needs Go, which builds h2spec
 * into the build folder; without it the test says so and is skipped. Profile {@code fn-peers}.
 */
@Tag("fn-peers")
class H2SpecTest {
  private static final String H2SPEC =
      "github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible";
  private static final Http2Limits LIMITS =
      new Http2Limits(100, 64 << 10, 65_535, 1 << 20, true, 1000, 10_000, 30_000);

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Answers each request, once it has ended, with a text. */
  private static final class Greeter implements Http2Connection.Listener {
    @Override
    public Http2Stream.Listener onStream(Http2Stream stream) {
      return new Greeting(stream);
    }

    @Override
    public void onSettings() {
      // Nothing waits for it.
    }

    @Override
    public void onGoAway(int lastStream, long code) {
      // The client closes.
    }

    @Override
    public void onStreamClosed() {
      // Nothing is kept of it.
    }

    @Override
    public void onPong() {
      // Was not asked for.
    }

    @Override
    public void onClosed(String why) {
      // Nothing is kept of it.
    }
  }

  private record Greeting(Http2Stream stream) implements Http2Stream.Listener {
    private static final HeaderBlock HEAD = HeaderBlock.of(HeaderField.of(":status", "200"));

    @Override
    public void onHeaders(Http2Headers headers, boolean ends) {
      if (ends) {
        answer();
      }
    }

    @Override
    public void onData(ByteBuf bytes, boolean ends) {
      stream.consumed(bytes.readableBytes());
      if (ends) {
        answer();
      }
    }

    private void answer() {
      stream.headers(HEAD, false);
      stream.write(Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8), true);
    }

    @Override
    public void onReset(long code) {
      // Closed follows.
    }

    @Override
    public void onBroken(String why) {
      // Closed follows.
    }

    @Override
    public void onDrain() {
      // One text is never held back.
    }

    @Override
    public void onClosed() {
      // Nothing is kept of it.
    }
  }

  private int listen() {
    Channel server =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(Http2Connection.server(LIMITS, null, new Greeter()));
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  @Test
  void allOfH2specPasses() throws Exception {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "go"))),
        "SKIPPED: no Go on the path, so h2spec cannot be built");
    Path bin = Path.of("target/fn-peers/bin").toAbsolutePath();
    Path h2spec = bin.resolve("h2spec");
    if (!Files.isExecutable(h2spec)) {
      run(900, Map.of("GOBIN", bin.toString()), List.of("go", "install", H2SPEC));
    }
    String report =
        run(
            300,
            Map.of(),
            List.of(h2spec.toString(), "-h", "127.0.0.1", "-p", "" + listen(), "-o", "20"));
    assertTrue(report.contains(" 0 failed"), report);
  }

  private static String run(long seconds, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(seconds, TimeUnit.SECONDS), () -> command + "\n" + output);
    assertEquals(0, process.exitValue(), () -> command + "\n" + output);
    return output;
  }
}
