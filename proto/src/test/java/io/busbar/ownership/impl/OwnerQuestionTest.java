package io.busbar.ownership.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.NodeIdentity;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRequest.ClaimKey;
import io.busbar.ownership.rules.OwnerRequest.Release;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.busbar.ownership.rules.OwnerRules;
import io.busbar.testing.BareLane;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a claim is told whose writing was not confirmed; the store answers as the test says. */
class OwnerQuestionTest {
  private static final Holder A = new Holder("a", 1);
  private static final Holder B = new Holder("b", 1);
  private static final ClaimKey CLAIM = new ClaimKey(new Stamp(7, 100, 0), A, null, 0);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final BlockingQueue<Promise<OwnerAnswer>> asked = new LinkedBlockingQueue<>();
  private final List<Object> requests = new CopyOnWriteArrayList<>();
  private final List<OwnerAnswer> late = new CopyOnWriteArrayList<>();
  private final OwnershipNode node = ScriptedStore.nodeOf(this::answer);

  private Object answer(String question, Object... arguments) {
    assertEquals("apply", question);
    Promise<OwnerAnswer> promise = Promise.promise();
    requests.add(arguments[1]);
    asked.add(promise);
    return promise.future();
  }

  @AfterEach
  void stop() throws Exception {
    ClusterNodes.await(vertx.close());
  }

  private Future<OwnerAnswer> ask() throws Exception {
    Promise<Future<OwnerAnswer>> begun = Promise.promise();
    BareLane lane = new BareLane(context, new NodeIdentity("id", "node", 1), 0);
    context.runOnContext(
        v -> begun.complete(new OwnerQuestion(node, lane, "k", CLAIM, late::add).run()));
    return ClusterNodes.await(begun.future());
  }

  private Promise<OwnerAnswer> next() throws Exception {
    Promise<OwnerAnswer> promise = asked.poll(30, TimeUnit.SECONDS);
    assertTrue(promise != null, "the store was not asked again");
    return promise;
  }

  private static OwnerAnswer answerTo(OwnerRecord before, OwnerRequest request) {
    return OwnerRules.decide("k", before, request).answer();
  }

  private static OwnerRecord after(OwnerRecord before, OwnerRequest request) {
    return OwnerRules.decide("k", before, request).after();
  }

  private static final FailureCode UNSURE = FailureCode.UNAVAILABLE;

  @Test
  void aClaimThatWasNotConfirmedIsAskedAgainWithItsIdAndNobodyIsToldBefore() throws Exception {
    Future<OwnerAnswer> claim = ask();
    next().fail(Failure.of(UNSURE, "not all copies confirmed").toException());
    Promise<OwnerAnswer> second = next();
    assertFalse(claim.isComplete(), "told before it was certain");
    assertEquals(List.of(CLAIM, CLAIM), requests);
    second.complete(answerTo(null, CLAIM));
    assertEquals(OwnerCode.GRANTED, ClusterNodes.await(claim).code());
  }

  @Test
  void whenAnotherHasTheKeyByThenTheClaimIsRefused() throws Exception {
    Future<OwnerAnswer> claim = ask();
    next().fail(Failure.of(UNSURE, "not all copies confirmed").toException());
    OwnerRecord others = after(null, new ClaimKey(new Stamp(8, 101, 0), B, null, 0));
    next().complete(answerTo(others, CLAIM));
    OwnerAnswer told = ClusterNodes.await(claim);
    assertEquals(OwnerCode.OWNED_BY_OTHER, told.code());
    assertEquals("b", told.record().owner());
  }

  @Test
  void aStoredGrantThatIsOverByThenIsNoGrant() throws Exception {
    Future<OwnerAnswer> claim = ask();
    next().fail(Failure.of(UNSURE, "not all copies confirmed").toException());
    OwnerRecord granted = after(null, CLAIM);
    OwnerRecord released = after(granted, new Release(new Stamp(9, 102, 0), granted.epoch()));
    next().complete(new OwnerAnswer(OwnerCode.GRANTED, granted.epoch(), released));
    assertEquals(OwnerCode.STALE_EPOCH, ClusterNodes.await(claim).code());
  }

  @Test
  void anEntryBehindACutIsAskedAgainWhileThisNodeHasTheMajority() throws Exception {
    Future<OwnerAnswer> claim = ask();
    next().complete(new OwnerAnswer(OwnerCode.NO_MAJORITY, 0, null));
    Promise<OwnerAnswer> second = next();
    assertFalse(claim.isComplete());
    second.complete(answerTo(null, CLAIM));
    assertEquals(OwnerCode.GRANTED, ClusterNodes.await(claim).code());
  }
}
