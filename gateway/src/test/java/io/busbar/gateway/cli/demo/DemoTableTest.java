package io.busbar.gateway.cli.demo;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DemoTableTest {
  private final DemoTable table = new DemoTable(List.of("a HTTP/1.1"), List.of("echo"));

  @Test
  void theCallThatWarmsIsNoFigure() {
    table.warmed("a HTTP/1.1", "echo", null);
    assertFalse(table.allWorked());
    table.note("a HTTP/1.1", "echo", 1500, null);
    assertTrue(table.allWorked());
    assertTrue(table.render().contains("ok 1 1.5ms"), table::render);
  }

  @Test
  void theCallThatWarmsCountsWhenItFails() {
    table.warmed("a HTTP/1.1", "echo", "refused");
    table.note("a HTTP/1.1", "echo", 1500, null);
    assertFalse(table.allWorked());
    assertTrue(table.render().contains("a HTTP/1.1 -> echo: refused"), table::render);
  }

  @Test
  void theTableSaysWhatItsFiguresAre() {
    assertTrue(table.render().contains("ms: the last call, made while no other one ran"));
  }
}
