package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.util.List;

/** Which hosts a name stands for now. */
@FunctionalInterface
interface HostResolver {
  /** Completes on the caller's context; fails when the name service does not answer. */
  Future<List<HostName>> hosts(HostName name);

  /** Asks the system's name service for addresses; each is a host at the name's port. */
  static HostResolver system(Context context) {
    return name -> {
      Promise<List<HostName>> found = Promise.promise();
      ((VertxInternal) context.owner())
          .nameResolver()
          .resolveAll(
              name.address(),
              answer ->
                  context.runOnContext(
                      v -> {
                        if (answer.failed()) {
                          found.fail(answer.cause());
                        } else {
                          found.complete(
                              answer.result().stream()
                                  .map(at -> at.getAddress().getHostAddress())
                                  .flatMap(text -> HostName.parse(text).stream())
                                  .map(host -> new HostName(host.address(), name.port()))
                                  .toList());
                        }
                      }));
      return found.future();
    };
  }
}
