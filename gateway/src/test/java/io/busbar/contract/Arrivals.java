package io.busbar.contract;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.zip.CRC32C;

/** Counts and sums what a client received; used on the client's context. */
final class Arrivals {
  private record Mark(long atLeast, Promise<Long> reached) {}

  private final CRC32C sum = new CRC32C();
  private final List<Mark> marks = new ArrayList<>();
  private long bytes;
  private boolean over;

  synchronized void add(Buffer data) {
    sum.update(data.getBytes());
    bytes += data.length();
    Iterator<Mark> each = marks.iterator();
    while (each.hasNext()) {
      Mark mark = each.next();
      if (bytes >= mark.atLeast()) {
        each.remove();
        mark.reached().complete(bytes);
      }
    }
  }

  synchronized Future<Long> reached(long atLeast) {
    Promise<Long> reached = Promise.promise();
    if (bytes >= atLeast) {
      reached.complete(bytes);
    } else if (over) {
      reached.fail("ended after " + bytes + " bytes, before " + atLeast);
    } else {
      marks.add(new Mark(atLeast, reached));
    }
    return reached.future();
  }

  synchronized void end() {
    over = true;
    marks.forEach(m -> m.reached().fail("ended after " + bytes + " bytes, before " + m.atLeast()));
    marks.clear();
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized long checksum() {
    return sum.getValue();
  }
}
