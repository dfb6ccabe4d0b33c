package io.busbar.gateway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Other people's programs that stand between a load balancer and a runner, where installed. */
final class Proxies {
  private static final List<String> FOLDERS =
      List.of("/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin");

  private Proxies() {}

  /** Where a program is, by PATH or in the usual places. */
  static Optional<Path> find(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(":")), FOLDERS.stream())
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** nginx with {@code grpc_pass} and kept connections to the runner; a worker per processor. */
  static Farm.Server nginx(Farm farm, Path program, int runnerPort) throws Exception {
    int port = Farm.freePort();
    Path home = Files.createDirectories(farm.folder().resolve("nginx"));
    String text =
        """
        %s
        daemon off;
        pid nginx.pid;
        error_log stderr error;
        worker_processes auto;
        worker_rlimit_nofile 8192;
        events { worker_connections 4096; }
        http {
          access_log off;
          client_max_body_size 0;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          keepalive_requests 1000000000;
          keepalive_timeout 1h;
          upstream runner {
            server 127.0.0.1:%d;
            keepalive 512;
            keepalive_requests 1000000000;
            keepalive_timeout 1h;
          }
          server {
            listen 127.0.0.1:%d http2;
            location / { grpc_pass grpc://runner; grpc_read_timeout 1h; grpc_send_timeout 1h; }
          }
        }
        """
            .formatted(isRoot() ? "user root;" : "", runnerPort, port);
    Path file = write(home.resolve("nginx.conf"), text);
    return farm.program(
        "nginx",
        port,
        List.of(program.toString(), "-e", "stderr", "-p", home + "/", "-c", file.toString()));
  }

  /** HAProxy with HTTP/2 on both sides; a thread per processor. */
  static Farm.Server haproxy(Farm farm, Path program, int runnerPort) throws Exception {
    int port = Farm.freePort();
    String text =
        """
        global
          maxconn 4096
        defaults
          mode http
          http-reuse always
          timeout connect 5s
          timeout client 1h
          timeout server 1h
        frontend bench
          bind 127.0.0.1:%d proto h2
          default_backend runner
        backend runner
          server runner 127.0.0.1:%d proto h2
        """
            .formatted(port, runnerPort);
    Path file = write(farm.folder().resolve("haproxy.cfg"), text);
    return farm.program("haproxy", port, List.of(program.toString(), "-db", "-f", file.toString()));
  }

  private static Path write(Path file, String text) throws IOException {
    return Files.writeString(file, text);
  }

  /** Workers of a root's nginx run as somebody else, who may not enter the folder. */
  static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root");
  }
}
