package io.busbar.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelFrame;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.juniper.training.TrainingForm;
import io.busbar.juniper.training.TrainingFrames;
import io.busbar.juniper.training.TrainingMessage;
import io.busbar.juniper.training.TrainingView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mutated messages of publishers and of control clients. */
class StreamFuzzTest {
  private static final int ROUNDS =
      Integer.getInteger("busbar.fuzz", Boolean.getBoolean("busbar.long") ? 334_000 : 33_400);

  private static final List<String> MESSAGES =
      List.of(
          "{\"type\":\"metrics\",\"timestamp\":1788100000.25,\"data\":{\"epoch\":3,\"loss\":NaN},"
              + "\"seq\":17,\"emitted_at_monotonic\":5012.75}",
          "{\"type\":\"state\",\"data\":{\"status\":\"Started\",\"phase\":\"Output\","
              + "\"all_correlations\":[0.1,0.2],\"second_candidate_id\":null}}",
          "{\"type\":\"topology\",\"data\":{\"input_size\":2,\"hidden_units\":[{\"id\":0,"
              + "\"weights\":[0.5],\"bias\":1}],\"output_weights\":[[0.7],[1]],"
              + "\"text\":\"\u00e9\ud83d\ude00\"}}");

  private static final String PARAMS =
      "{\"learning_rate\":0.02,\"patience\":\"50\",\"optimizer_type\":\"Adam\","
          + "\"auto_snap_best\":true,\"top_candidates\":0,\"epochs_max\":7.0}";

  private static String mutated(Random random, String seed) {
    byte[] bytes = JuniperFuzzTest.mutate(random, seed.getBytes(StandardCharsets.UTF_8));
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void everyMutatedMessageIsTakenOrUnprocessable() {
    Random random = new Random(20260908);
    TrainingForm form = new TrainingForm(80, 25, () -> 1.5, () -> 2.5);
    TrainingView view = new TrainingView();
    long taken = 0;
    for (int i = 0; i < ROUNDS; i++) {
      String text = mutated(random, MESSAGES.get(random.nextInt(MESSAGES.size())));
      FrameRecord given =
          FrameRecord.newBuilder()
              .setData(ByteString.copyFrom(text, StandardCharsets.ISO_8859_1))
              .build();
      try {
        long offset = 1;
        for (FrameRecord part : form.frames(given)) {
          ChannelFrame frame = new ChannelFrame(1, part.toBuilder().setOffset(offset++).build());
          assertTrue(JuniperJson.read(TrainingFrames.broadcast(frame)) instanceof Map<?, ?>);
          view.add(frame);
        }
        taken++;
        view.initialStatus();
        view.initialMetrics(3, offset);
      } catch (FailureException refused) {
        assertEquals(FailureCode.UNPROCESSABLE, Failure.of(refused).code());
      } catch (RuntimeException e) {
        fail("round " + i + ", " + text, e);
      }
    }
    assertTrue(taken > ROUNDS / 100, "too few messages survive to say anything: " + taken);
  }

  @Test
  void everyMutatedMessageIsReadAsATypeOrAsNone() {
    Random random = new Random(20260909);
    long known = 0;
    for (int i = 0; i < ROUNDS; i++) {
      String text = mutated(random, MESSAGES.get(random.nextInt(MESSAGES.size())));
      try {
        Map<String, Object> frame = Envelopes.asObject(JuniperJson.read(text));
        Map<String, Object> data = frame == null ? null : Envelopes.asObject(frame.get("data"));
        if (data != null && frame.get("type") instanceof String type) {
          TrainingMessage message = TrainingMessage.of(type, data);
          known += message == null ? 0 : 1;
          assertTrue(message == null || message.text() != null);
        }
      } catch (JsonException expected) {
        assertNotNull(expected.getMessage());
      } catch (RuntimeException e) {
        fail("round " + i + ", " + text, e);
      }
    }
    assertTrue(known > ROUNDS / 100, "too few messages survive to say anything: " + known);
  }

  @Test
  void allMutatedParametersAreAcceptedOrNamed() {
    Random random = new Random(20260910);
    long accepted = 0;
    for (int i = 0; i < ROUNDS; i++) {
      String text = mutated(random, PARAMS);
      try {
        Map<String, Object> params = Envelopes.asObject(JuniperJson.read(text));
        if (params != null) {
          ParameterRules.Checked checked = ParameterRules.check(params);
          accepted += checked.fault() == null ? 1 : 0;
          assertTrue(checked.fault() == null || checked.accepted().isEmpty());
        }
      } catch (JsonException expected) {
        assertNotNull(expected.getMessage());
      } catch (RuntimeException e) {
        fail("round " + i + ", " + text, e);
      }
    }
    assertTrue(accepted > ROUNDS / 100, "too few parameters survive to say anything: " + accepted);
  }
}
