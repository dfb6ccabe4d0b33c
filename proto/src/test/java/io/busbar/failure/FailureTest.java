package io.busbar.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureTest {
  private static Failure overTheWire(Failure failure) throws InvalidProtocolBufferException {
    return Failure.fromWire(io.busbar.bus.v1.Failure.parseFrom(failure.toWire().toByteString()));
  }

  @ParameterizedTest
  @EnumSource(FailureCode.class)
  void everyCodeSurvivesTheWire(FailureCode code) throws InvalidProtocolBufferException {
    Failure failure = new Failure(code, "why", !code.retrySafe(), true, 418, "node-1", "w-1");
    assertEquals(failure, overTheWire(failure));
  }

  @ParameterizedTest
  @EnumSource(FailureCode.class)
  void defaultsComeFromTheCode(FailureCode code) {
    Failure failure = Failure.of(code, "why");
    assertEquals(code.retrySafe(), failure.retrySafe());
    assertEquals(code.status(), failure.httpStatus());
    assertFalse(failure.user());
  }

  @Test
  void codeOfANewerNodeKeepsItsNameInTheDetail() {
    Failure read =
        Failure.fromWire(
            io.busbar.bus.v1.Failure.newBuilder()
                .setCode("too_sunny")
                .setDetail("wait for rain")
                .setRetrySafe(true)
                .build());
    assertSame(FailureCode.UNKNOWN, read.code());
    assertEquals("too_sunny: wait for rain", read.detail());
    assertTrue(read.retrySafe());
  }

  @Test
  void ownStatusCountsOnlyIfItIsAnError() {
    Failure failure = Failure.of(FailureCode.WORKER_FAILED, "why");
    assertEquals(429, failure.withStatus(429).httpStatus());
    assertEquals(502, failure.withStatus(200).httpStatus());
    assertEquals(502, failure.withStatus(0).httpStatus());
    assertEquals(502, failure.withStatus(700).httpStatus());
  }

  @Test
  void longDetailIsCut() {
    Failure failure = Failure.of(FailureCode.INTERNAL, "x".repeat(5000));
    assertEquals(Failure.MAX_DETAIL, failure.detail().length());
    assertTrue(failure.detail().endsWith("…"));
  }

  @Test
  void failureInsideAnExceptionIsFound() {
    Failure failure = Failure.of(FailureCode.BUSY, "full");
    assertSame(failure, Failure.of(new IllegalStateException(failure.toException())));
    assertSame(FailureCode.INTERNAL, Failure.of(new IllegalStateException("x")).code());
  }

  /** The table in docs/call.md is the code's, row by row. */
  @Test
  void documentedTableIsTheCode() throws IOException {
    List<String> documented = new ArrayList<>();
    Matcher row =
        Pattern.compile("\\| `([a-z_]+)` \\| (\\d+) \\| (yes|no) \\|")
            .matcher(Files.readString(Path.of("..", "docs", "call.md")));
    while (row.find()) {
      documented.add(row.group(1) + " " + row.group(2) + " " + row.group(3));
    }
    List<String> expected = new ArrayList<>();
    for (FailureCode code : FailureCode.values()) {
      expected.add(code.wireName() + " " + code.status() + " " + (code.retrySafe() ? "yes" : "no"));
    }
    assertEquals(expected, documented);
  }
}
