package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The table from failures to CallFinished, row by row. */
class FinishedTableTest {
  // code, errorCode before output, errorCode after output, errorUser when a worker had it
  @ParameterizedTest
  @CsvSource({
    "INVALID_REQUEST,400,400,false",
    "UNAUTHENTICATED,401,401,false",
    "FORBIDDEN,403,403,false",
    "NOT_FOUND,404,404,false",
    "NO_SUCH_POOL,404,404,false",
    "METHOD_NOT_ALLOWED,405,405,false",
    "NO_PROGRESS,408,408,false",
    "CONFLICT,409,409,false",
    "NODE_GONE,410,410,false",
    "TOO_LARGE,413,413,false",
    "UNSUPPORTED_MEDIA,415,415,false",
    "UNPROCESSABLE,422,422,false",
    "TOO_MANY_REQUESTS,429,429,false",
    "HEADERS_TOO_LARGE,431,431,false",
    "CANCELLED,499,499,false",
    "CALLER_GONE,499,499,false",
    "BUSY,503,502,false",
    "NO_WORKER,503,502,false",
    "QUEUE_FULL,503,502,false",
    "QUEUE_TIMEOUT,503,502,false",
    "DRAINING,503,502,false",
    "UNAVAILABLE,503,502,false",
    "BUSY_AFTER_COMMIT,503,502,false",
    "WORKER_REJECTED,502,502,false",
    "WORKER_FAILED,502,502,true",
    "WORKER_LOST,502,502,false",
    "WORKER_PROTOCOL,502,502,false",
    "NODE_LOST,502,502,false",
    "STREAM_BROKEN,502,502,false",
    "DEADLINE_EXCEEDED,504,504,true",
    "NOT_IMPLEMENTED,501,501,false",
    "INTERNAL,500,500,false",
    "UNKNOWN,500,500,false",
  })
  void everyCodeHasItsRow(FailureCode code, int before, int after, boolean user) {
    Failure failure = Failure.of(code, "x");
    assertEquals(new FinishedTable.Verdict(before, user), FinishedTable.of(failure, false, true));
    assertEquals(new FinishedTable.Verdict(after, user), FinishedTable.of(failure, true, true));
  }

  @ParameterizedTest
  @EnumSource(FailureCode.class)
  void theCodeIsNeverBelow400AndNever503AfterOutputOrWithoutRetry(FailureCode code) {
    for (int status : new int[] {0, 200, 399, 404, 503, 599, 1000}) {
      for (boolean retrySafe : new boolean[] {false, true}) {
        Failure failure = Failure.of(code, "").withStatus(status).withRetrySafe(retrySafe);
        int before = FinishedTable.of(failure, false, true).code();
        int after = FinishedTable.of(failure, true, true).code();
        assertTrue(before >= 400 && before <= 599, failure.toString());
        assertTrue(after >= 400 && after <= 599 && after != 503, failure.toString());
        assertTrue(retrySafe || before != 503, failure.toString());
      }
    }
  }

  @Test
  void aLossBeforeCommitThatIsSafeToRetryIsANack() {
    Failure lost = Failure.of(FailureCode.WORKER_LOST, "left").withRetrySafe(true);
    assertEquals(503, FinishedTable.of(lost, false, false).code());
    assertEquals(502, FinishedTable.of(lost, true, true).code());
  }

  @Test
  void aWorkersOwnCodeIsKept() {
    Failure own = Failure.of(FailureCode.WORKER_FAILED, "no image").withStatus(404).withUser(true);
    assertEquals(new FinishedTable.Verdict(404, true), FinishedTable.of(own, false, true));
  }

  @Test
  void aWorkersOwn503IsNoNackOnceItRan() {
    Failure own = Failure.of(FailureCode.WORKER_FAILED, "x").withStatus(503);
    assertEquals(502, FinishedTable.of(own, false, true).code());
  }

  @Test
  void aDeadlineThatPassedWithoutAWorkerIsThePlatforms() {
    Failure late = Failure.of(FailureCode.DEADLINE_EXCEEDED, "late");
    assertEquals(new FinishedTable.Verdict(504, false), FinishedTable.of(late, false, false));
  }

  @Test
  void theTextIsNeverEmpty() {
    assertEquals("busy", FinishedTable.text(Failure.of(FailureCode.BUSY, "")));
  }
}
