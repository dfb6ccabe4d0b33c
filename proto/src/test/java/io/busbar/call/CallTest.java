package io.busbar.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.FakeWorker;
import org.junit.jupiter.api.Test;

class CallTest {
  @Test
  void bodyComesBackFromAWorkerThatEchoes() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    CallBed.Client client = bed.open().write("hello ").write("world").end();
    bed.advance(1000);
    assertNull(client.end.failure());
    assertEquals("hello world", client.body.toString());
    assertEquals(200, client.end.status());
    assertEquals(11, client.end.requestBytes());
    assertEquals(11, client.end.responseBytes());
    assertEquals("w-a", client.end.worker());
    assertEquals(1, client.end.attempts());
    assertEquals(1, client.bodyEnds);
    assertEquals(0, worker.slots.running());
    assertEquals(1, bed.dispatcher.dones().size());
    assertFalse(bed.dispatcher.dones().get(0).hasFailure());
    assertTrue(client.call.committed().succeeded());
    assertTrue(client.call.taken().succeeded());
  }
}
