package io.busbar.ownership;

import io.busbar.failure.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/**
 * A {@link Fence} of one resource that survives the end of its process. What it accepts for the
 * first time under an epoch is forced to a file before it says so; further writes of that epoch
 * cost nothing. The file has two slots that are written in turn and checked by a sum, so that a
 * crash while writing leaves the older one; a file whose both slots are damaged is refused.
 *
 * <p>Opening and the first write of an epoch block on the disk: not for an event loop. Thread-safe.
 * One object per file.
 */
public final class DurableFence implements AutoCloseable {
  private static final int SLOT = 512;
  private static final int HEAD = Long.BYTES * 4 + Integer.BYTES;

  private final FileChannel file;
  private Fence fence = new Fence();
  private long turn;

  private DurableFence(FileChannel file) {
    this.file = file;
  }

  /**
   * Opens or creates the file. Throws UncheckedIOException when it cannot be read or is damaged.
   */
  public static DurableFence open(Path path) {
    try {
      FileChannel file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      DurableFence fence = new DurableFence(file);
      try {
        fence.load(path);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
      return fence;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void load(Path path) throws IOException {
    boolean readable = file.size() == 0;
    for (int slot = 0; slot < 2; slot++) {
      ByteBuffer bytes = ByteBuffer.allocate(SLOT);
      long at = (long) slot * SLOT;
      while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) >= 0) {
        // The next part.
      }
      readable |= take(bytes.flip());
    }
    if (!readable) {
      throw new IOException(path + " is no fence, or is damaged");
    }
  }

  private boolean take(ByteBuffer bytes) {
    if (bytes.remaining() < HEAD) {
      return false;
    }
    long sum = bytes.getLong();
    long written = bytes.getLong();
    long epoch = bytes.getLong();
    long incarnation = bytes.getLong();
    int length = bytes.getInt();
    if (length < 0 || length > bytes.remaining()) {
      return false;
    }
    byte[] host = new byte[length];
    bytes.get(host);
    if (sum != sum(written, epoch, incarnation, host)) {
      return false;
    }
    if (written > turn) {
      turn = written;
      fence = new Fence(epoch, new Holder(new String(host, StandardCharsets.UTF_8), incarnation));
    }
    return true;
  }

  private static long sum(long turn, long epoch, long incarnation, byte[] host) {
    CRC32 crc = new CRC32();
    crc.update(
        ByteBuffer.allocate(Long.BYTES * 3)
            .putLong(turn)
            .putLong(epoch)
            .putLong(incarnation)
            .flip());
    crc.update(host);
    // A file of zeros is none.
    return crc.getValue() | 1L << 40;
  }

  /**
   * Judges a write, and remembers its epoch safely if it is accepted. Throws UncheckedIOException
   * when that cannot be written; the write must then not be made.
   */
  public synchronized Fence.Verdict check(long epoch, Holder writer) {
    Fence.Verdict verdict = fence.verdict(epoch, writer);
    if (verdict == Fence.Verdict.ACCEPTED
        && (epoch != fence.epoch() || !writer.equals(fence.holder()))) {
      save(epoch, writer);
    }
    return verdict;
  }

  /** {@link #check} with a failure for what is refused; null = accepted. */
  public synchronized Failure refuses(long epoch, Holder writer) {
    return check(epoch, writer) == Fence.Verdict.ACCEPTED ? null : fence.refuses(epoch, writer);
  }

  private void save(long epoch, Holder holder) {
    byte[] host = holder.host().getBytes(StandardCharsets.UTF_8);
    if (host.length > SLOT - HEAD) {
      throw new UncheckedIOException(
          new IOException("the holder's host has " + host.length + " bytes, too many for a fence"));
    }
    long next = turn + 1;
    ByteBuffer bytes =
        ByteBuffer.allocate(SLOT)
            .putLong(sum(next, epoch, holder.incarnation(), host))
            .putLong(next)
            .putLong(epoch)
            .putLong(holder.incarnation())
            .putInt(host.length)
            .put(host)
            .rewind();
    try {
      long at = next % 2 * SLOT;
      while (bytes.hasRemaining()) {
        file.write(bytes, at + bytes.position());
      }
      file.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    turn = next;
    fence = new Fence(epoch, holder);
  }

  /** Highest epoch seen, 0 = none. */
  public synchronized long epoch() {
    return fence.epoch();
  }

  /** Whose it is, null = not known. */
  public synchronized Holder holder() {
    return fence.holder();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
