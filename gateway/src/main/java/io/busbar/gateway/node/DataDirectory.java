package io.busbar.gateway.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The node's own directory, held by a lock on a file in it for as long as the process lives. The
 * operating system frees the lock however the process ends.
 */
final class DataDirectory implements AutoCloseable {
  private static final String LOCK_FILE = "lock";

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private DataDirectory(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /** Creates the directory if need be, and locks it. Blocks; throws {@link StartFailure}. */
  static DataDirectory open(Path path) {
    FileChannel channel = null;
    try {
      Files.createDirectories(path);
      channel =
          FileChannel.open(
              path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw new StartFailure(
            "node.data-dir: "
                + path
                + " is in use by another process; stop it, or give this node another directory"
                + " (--data-dir) or name (--name)");
      }
      return new DataDirectory(path, channel, lock);
    } catch (IOException e) {
      close(channel, e);
      throw new StartFailure("node.data-dir: cannot write to " + path + ": " + e, e);
    } catch (StartFailure e) {
      close(channel, e);
      throw e;
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another node in this same process has it.
      return null;
    }
  }

  private static void close(FileChannel channel, Exception reason) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    lock.release();
    channel.close();
  }
}
