package io.busbar.gateway.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** nginx with the module nchan, where both are installed (Debian: libnginx-mod-nchan). */
final class Nchan {
  static final String PUBLISH = "/pub";
  static final String SUBSCRIBE = "/sub";

  private static final int FEWEST_CONNECTIONS = 8192;
  private static final int SPARE_FILES = 100;
  private static final List<String> MODULES =
      List.of(
          "/usr/lib/nginx/modules/ngx_nchan_module.so",
          "/usr/lib64/nginx/modules/ngx_nchan_module.so",
          "/usr/local/lib/nginx/modules/ngx_nchan_module.so");

  private Nchan() {}

  /**
   * The module's file.
   *
   * @param given by the user, null = in the usual places
   */
  static Optional<Path> module(Path given) {
    return given != null
        ? Optional.of(given).filter(Files::isReadable)
        : MODULES.stream().map(Path::of).filter(Files::isReadable).findFirst();
  }

  /**
   * A worker per processor, messages in memory.
   *
   * @param connections at once, which one worker may get all of
   */
  static Farm.Server start(Farm farm, Path program, Path module, int connections) throws Exception {
    int most = Math.max(FEWEST_CONNECTIONS, connections + SPARE_FILES);
    int port = Farm.freePort();
    Path home = Files.createDirectories(farm.folder().resolve("nchan"));
    String text =
        """
        %s
        load_module %s;
        daemon off;
        pid nginx.pid;
        error_log stderr error;
        worker_processes auto;
        worker_rlimit_nofile %d;
        events { worker_connections %d; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          keepalive_requests 1000000000;
          keepalive_timeout 1h;
          nchan_shared_memory_size 64m;
          server {
            listen 127.0.0.1:%d;
            location = %s {
              nchan_publisher;
              nchan_channel_id bench;
              nchan_message_buffer_length 1024;
              nchan_message_timeout 5m;
            }
            location = %s {
              nchan_subscriber websocket;
              nchan_channel_id bench;
              nchan_subscriber_first_message newest;
            }
          }
        }
        """
            .formatted(
                Proxies.isRoot() ? "user root;" : "",
                module.toAbsolutePath(),
                most,
                most,
                port,
                PUBLISH,
                SUBSCRIBE);
    Path file = Files.writeString(home.resolve("nginx.conf"), text);
    return farm.program(
        "nchan",
        port,
        List.of(program.toString(), "-e", "stderr", "-p", home + "/", "-c", file.toString()));
  }
}
