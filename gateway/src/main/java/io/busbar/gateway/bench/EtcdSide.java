package io.busbar.gateway.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** etcd over gRPC, its own protocol: one connection to each server, requests in turns over them. */
final class EtcdSide implements OwnerStoreSide {
  private static final String HOST = "127.0.0.1";
  private static final String PACKAGE = "etcdserverpb";
  private static final long LEASE_SECONDS = 3600;

  private static final ServiceMethod<Buffer, Buffer> TXN = method("KV", "Txn");
  private static final ServiceMethod<Buffer, Buffer> RANGE = method("KV", "Range");
  private static final ServiceMethod<Buffer, Buffer> GRANT = method("Lease", "LeaseGrant");
  private static final ServiceMethod<Buffer, Buffer> KEEP = method("Lease", "LeaseKeepAlive");

  private final String name;
  private final List<Farm.Server> servers;
  private final Context context;
  private final GrpcClient client;
  private final List<SocketAddress> addresses = new ArrayList<>();
  private final List<Long> leases = new ArrayList<>();
  private int turn;

  EtcdSide(Vertx vertx, String name, List<Farm.Server> servers) {
    this.name = name;
    this.servers = servers;
    context = vertx.getOrCreateContext();
    client =
        GrpcClient.client(
            vertx,
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    servers.forEach(s -> addresses.add(SocketAddress.inetSocketAddress(s.port("runner"), HOST)));
  }

  private static ServiceMethod<Buffer, Buffer> method(String service, String name) {
    return ServiceMethod.client(
        ServiceName.create(PACKAGE, service),
        name,
        GrpcMessageEncoder.IDENTITY,
        GrpcMessageDecoder.IDENTITY);
  }

  /** Starts a cluster of that many servers, with its defaults: each write is synced to the disk. */
  static List<Farm.Server> start(Farm farm, Path program, String name, int count) throws Exception {
    List<Integer> clients = new ArrayList<>();
    List<String> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(Farm.freePort());
      peers.add("http://" + HOST + ":" + Farm.freePort());
    }
    List<String> cluster = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      cluster.add(name + i + "=" + peers.get(i));
    }
    List<Farm.Server> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String url = "http://" + HOST + ":" + clients.get(i);
      List<String> command =
          List.of(
              program.toString(),
              "--name=" + name + i,
              "--data-dir=" + farm.folder().resolve(name + i),
              "--listen-client-urls=" + url,
              "--advertise-client-urls=" + url,
              "--listen-peer-urls=" + peers.get(i),
              "--initial-advertise-peer-urls=" + peers.get(i),
              "--initial-cluster=" + String.join(",", cluster),
              "--initial-cluster-token=" + name,
              "--initial-cluster-state=new");
      started.add(farm.program(name + i, clients.get(i), command));
    }
    return started;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Farm.Server> servers() {
    return servers;
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public Future<?> begin(int sessions) {
    List<Future<Long>> granted = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      granted.add(ask(GRANT, EtcdMessages.grant(LEASE_SECONDS), EtcdMessages.GRANT_ID));
    }
    return Future.all(granted)
        .onSuccess(all -> granted.forEach(lease -> leases.add(lease.result())));
  }

  @Override
  public Future<?> claim(String key, int session) {
    Buffer claim = EtcdMessages.claim(key, "bench-" + session, leases.get(session));
    return expect(ask(TXN, claim, EtcdMessages.TXN_SUCCEEDED), "claim of " + key);
  }

  /** A stream of one message: the method is a stream of renewals. */
  @Override
  public Future<?> renew(int session) {
    Buffer keep = EtcdMessages.keepAlive(leases.get(session));
    return expect(ask(KEEP, keep, EtcdMessages.KEPT_TTL), "renewal of lease " + session);
  }

  @Override
  public Future<?> read(String key) {
    return expect(ask(RANGE, EtcdMessages.range(key), EtcdMessages.RANGE_COUNT), "read of " + key);
  }

  private static Future<Long> expect(Future<Long> answer, String what) {
    return answer.map(
        value -> {
          if (value == 0) {
            throw new IllegalStateException(what + " was refused");
          }
          return value;
        });
  }

  private Future<Long> ask(ServiceMethod<Buffer, Buffer> method, Buffer message, int field) {
    turn = (turn + 1) % addresses.size();
    return client
        .request(addresses.get(turn), method)
        .compose(request -> request.send(message))
        .compose(response -> response.last())
        .map(answer -> EtcdMessages.number(answer, field));
  }

  @Override
  public void close() throws Exception {
    Target.await(client.close(), 30);
  }
}
