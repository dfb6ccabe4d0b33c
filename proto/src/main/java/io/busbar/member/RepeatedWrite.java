package io.busbar.member;

import com.hazelcast.core.IndeterminateOperationStateException;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A write to the cluster's tables that may be repeated without harm. While nodes join and
 * partitions move, Hazelcast can lose the confirmation of a copy of a write that took place. The
 * tables hold nothing but where nodes and consumers are, and the audit mends them, so such a write
 * is made again, and when that is not confirmed either it counts as made.
 */
final class RepeatedWrite {
  private static final Logger LOG = LoggerFactory.getLogger(RepeatedWrite.class);
  private static final int REPEATS = 2;

  private final String what;
  private final Consumer<Completable<Void>> write;
  private final BooleanSupplier wanted;

  /**
   * @param what names the written thing in the log
   * @param write makes the write once, and completes its argument
   * @param wanted whether the write is still to be made; asked before each repeat
   */
  RepeatedWrite(String what, Consumer<Completable<Void>> write, BooleanSupplier wanted) {
    this.what = what;
    this.write = write;
    this.wanted = wanted;
  }

  /** Fails with what the write failed with, unless only its copy was not confirmed. */
  Future<Void> make() {
    return make(REPEATS);
  }

  private Future<Void> make(int repeats) {
    Promise<Void> made = Promise.promise();
    write.accept(made);
    return made.future()
        .recover(
            failure ->
                failure instanceof IndeterminateOperationStateException
                    ? unconfirmed(failure, repeats)
                    : Future.failedFuture(failure));
  }

  private Future<Void> unconfirmed(Throwable failure, int repeats) {
    if (!wanted.getAsBoolean()) {
      return Future.succeededFuture();
    }
    if (repeats > 0) {
      LOG.info("{}: written, but no copy was confirmed; once more", what);
      return make(repeats - 1);
    }
    LOG.warn("{}: no copy was confirmed, left to the audit: {}", what, failure.getMessage());
    return Future.succeededFuture();
  }
}
