package io.busbar.ownership.disk;

import io.busbar.bus.v1.OwnerKept;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner records of one node on its disk. Records are taken from any thread without waiting and
 * written by a thread of their own, right after they were answered: the last few may be missing
 * after a crash. When more wait than the queue takes, the others are left out and counted; a later
 * change of their key is written again. The file is rewritten when it has grown to several times
 * what it says.
 */
public final class OwnerDisk implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerDisk.class);
  private static final int MOST_WAITING = 65_536;
  private static final int MOST_TOGETHER = 4096;
  private static final long LEAST_REWRITTEN = 16L << 20;
  private static final OwnerKept END = OwnerKept.getDefaultInstance();

  private final OwnerFile file;
  private final OwnerFile read;
  private final List<Long> before;
  private final long floorBefore;
  private final BlockingQueue<OwnerKept> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong left = new AtomicLong();
  private final Thread writer;
  private long rewriteAt;

  private OwnerDisk(Path path) throws IOException {
    file = OwnerFile.open(path);
    if (file.size() > 0) {
      file.compact();
    }
    rewriteAt = rewriteAt();
    // What was kept before is read from here while the writer goes on at the end.
    read = OwnerFile.open(path);
    Map<String, Long> last = read.last();
    before = last.values().stream().sorted().toList();
    Long floor = last.get(OwnerFile.FLOOR);
    floorBefore = floor == null ? 0 : read.read(List.of(floor)).get(0).getFloor();
    writer = new Thread(this::write, "busbar-owner-log");
    writer.setDaemon(true);
  }

  /** Opens or creates the file. Blocks. Throws UncheckedIOException when it cannot be read. */
  public static OwnerDisk open(Path path) {
    try {
      OwnerDisk disk = new OwnerDisk(path);
      disk.writer.start();
      return disk;
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be opened", e);
    }
  }

  /** How many records were kept before this start. */
  public int before() {
    return before.size();
  }

  /** The floor of epochs before this start, 0 = none. */
  public long floorBefore() {
    return floorBefore;
  }

  /**
   * Some of the records that were kept before this start, in the order they were written. Blocks.
   */
  public synchronized List<OwnerKept> before(int from, int most) {
    try {
      return read.read(before.subList(from, Math.min(before.size(), from + most)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Any thread, does not block. */
  public void keep(OwnerKept record) {
    if (!waiting.offer(record)) {
      left.incrementAndGet();
    }
  }

  /** Records that did not fit the queue, or could not be written; for meters. */
  public long left() {
    return left.get();
  }

  /** Records that wait to be written; for meters. */
  public int waiting() {
    return waiting.size();
  }

  private void write() {
    List<OwnerKept> batch = new ArrayList<>();
    boolean more = true;
    while (more) {
      try {
        batch.add(waiting.take());
        waiting.drainTo(batch, MOST_TOGETHER);
        more = !batch.remove(END);
        if (!batch.isEmpty()) {
          file.append(batch);
        }
        if (file.size() > rewriteAt) {
          file.compact();
          rewriteAt = rewriteAt();
        }
      } catch (IOException e) {
        left.addAndGet(batch.size());
        LOG.error("{} changes of owners are not on the disk", batch.size(), e);
      } catch (InterruptedException e) {
        LOG.warn("owners are not written to the disk any more, the thread was interrupted");
        more = false;
      }
      batch.clear();
    }
  }

  private long rewriteAt() {
    return Math.max(LEAST_REWRITTEN, 3 * file.size());
  }

  /** Writes what waits. Blocks. */
  @Override
  public void close() throws IOException {
    try {
      waiting.put(END);
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      file.close();
      read.close();
    }
  }
}
