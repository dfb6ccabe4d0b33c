package io.busbar.juniper.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told to those who come late, and its form as a snapshot. */
class TrainingViewTest {
  private static final TrainingForm FORM = TrainingForm.of(0, 32_000);

  private static void add(TrainingView view, String json) {
    FrameRecord given = FrameRecord.newBuilder().setData(ByteString.copyFromUtf8(json)).build();
    FORM.frames(given).forEach(frame -> view.add(new ChannelFrame(1, frame)));
  }

  private static void row(TrainingView view, int epoch) {
    add(view, "{\"type\":\"metrics\",\"data\":{\"epoch\":" + epoch + ",\"hidden_units\":3}}");
  }

  private static TrainingView read(TrainingView view) {
    TrainingView again = new TrainingView();
    again.read(view.write());
    return again;
  }

  @Test
  void aSnapshotTellsTheSame() {
    TrainingView view = new TrainingView();
    add(view, "{\"type\":\"state\",\"data\":{\"status\":\"Started\",\"phase\":\"Output\"}}");
    for (int i = 0; i < 150; i++) {
      row(view, i);
    }
    TrainingView again = read(view);
    assertEquals(view.state(), again.state());
    assertEquals(view.rows(100), again.rows(100));
    assertEquals(view.initialStatus(), again.initialStatus());
    assertEquals(view.write(), again.write());
  }

  @Test
  void anEmptyOneIsIdleAndStaysSo() {
    TrainingView again = read(new TrainingView());
    assertEquals(TrainingState.IDLE, again.state());
    assertEquals(false, again.initialStatus().get("network_loaded"));
    assertEquals(0, again.rows(100).size());
  }

  @Test
  void framesAfterASnapshotCount() {
    TrainingView view = new TrainingView();
    row(view, 1);
    TrainingView again = read(view);
    row(again, 2);
    assertEquals(2, again.rows(100).size());
    assertEquals(2L, again.rows(1).get(0).get("epoch"));
    assertTrue(again.write().toStringUtf8().startsWith("{\"total_metrics\":2,"));
  }

  @Test
  void aTopologyAloneMeansANetwork() {
    TrainingView view = new TrainingView();
    add(view, "{\"type\":\"topology\",\"data\":{}}");
    assertTrue((Boolean) read(view).initialStatus().get("network_loaded"));
    assertFalse(read(view).write().toStringUtf8().contains("\n"));
  }

  @Test
  void rowsAreBoundedByTheirBytes() {
    TrainingView view = new TrainingView();
    String big = "y".repeat(50_000);
    for (int i = 0; i < 100; i++) {
      add(view, "{\"type\":\"metrics\",\"data\":{\"epoch\":" + i + ",\"p\":\"" + big + "\"}}");
    }
    assertTrue(view.write().size() < 600_000, view.write().size() + " bytes");
    assertEquals(99L, view.rows(1).get(0).get("epoch"));
  }

  @Test
  void whatIsNestedAsDeepAsAFrameMayBeComesBack() {
    TrainingView view = new TrainingView();
    String deep = "[".repeat(62) + "]".repeat(62);
    add(view, "{\"type\":\"metrics\",\"data\":{\"epoch\":1,\"p\":" + deep + "}}");
    assertEquals(view.rows(1), read(view).rows(1));
    assertEquals(1, read(view).rows(1).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "[]", "null", "{\"total_metrics\":\"x\"}", "\n\n", "{}\nx\n7"})
  void whatIsNoSnapshotCountsAsEmpty(String text) {
    TrainingView view = new TrainingView();
    row(view, 1);
    view.read(ByteString.copyFromUtf8(text));
    assertEquals(TrainingState.IDLE, view.state());
    assertEquals(0, view.rows(100).size());
  }
}
