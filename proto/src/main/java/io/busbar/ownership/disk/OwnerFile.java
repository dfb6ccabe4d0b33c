package io.busbar.ownership.disk;

import com.google.protobuf.InvalidProtocolBufferException;
import io.busbar.bus.v1.OwnerKept;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of records, each behind its length and a sum; the last one of a key counts. What a crash
 * left unfinished at the end is cut off. One thread at a time.
 */
final class OwnerFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerFile.class);
  private static final int HEAD = Integer.BYTES * 2;
  private static final int LONGEST = 1 << 20;

  /** Name of the floor's record among those of keys and sessions. */
  static final String FLOOR = "";

  private final Path path;
  private FileChannel file;
  private long size;

  private OwnerFile(Path path, FileChannel file) {
    this.path = path;
    this.file = file;
  }

  /** Opens or creates it and cuts off what is not whole. */
  static OwnerFile open(Path path) throws IOException {
    OwnerFile opened = new OwnerFile(path, channel(path));
    try {
      opened.size = opened.scan((at, record) -> {});
      if (opened.size < opened.file.size()) {
        LOG.warn(
            "{}: {} bytes after {} are not whole and are cut off",
            path,
            opened.file.size() - opened.size,
            opened.size);
        opened.file.truncate(opened.size);
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static FileChannel channel(Path path) throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  long size() {
    return size;
  }

  /** Writes them and forces them to the disk. */
  void append(List<OwnerKept> records) throws IOException {
    int bytes = records.stream().mapToInt(record -> HEAD + record.getSerializedSize()).sum();
    ByteBuffer out = ByteBuffer.allocate(bytes);
    records.forEach(record -> put(out, record));
    out.flip();
    long from = size;
    try {
      while (out.hasRemaining()) {
        from += file.write(out, from);
      }
      file.force(false);
      size = from;
    } catch (IOException e) {
      // Half a record in the middle would end the file there.
      file.truncate(size);
      throw e;
    }
  }

  private static void put(ByteBuffer out, OwnerKept record) {
    byte[] bytes = record.toByteArray();
    out.putInt(bytes.length).putInt(sum(bytes)).put(bytes);
  }

  private static int sum(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** Told each record and where it is. */
  interface Reader {
    void record(long at, OwnerKept record);
  }

  /** Reads all from the start; where the whole ones end. */
  long scan(Reader reader) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(LONGEST + HEAD).limit(0);
    long at = 0;
    while (true) {
      if (!fill(buffer, at, HEAD)) {
        return at;
      }
      int length = buffer.getInt(buffer.position());
      int sum = buffer.getInt(buffer.position() + Integer.BYTES);
      if (length < 0 || length > LONGEST || !fill(buffer, at, HEAD + length)) {
        return at;
      }
      byte[] bytes = new byte[length];
      buffer.position(buffer.position() + HEAD).get(bytes);
      if (sum(bytes) != sum) {
        return at;
      }
      reader.record(at, parsed(bytes));
      at += HEAD + length;
    }
  }

  /** Has so many bytes from the present position on; the position is at {@code at} of the file. */
  private boolean fill(ByteBuffer buffer, long at, int wanted) throws IOException {
    if (buffer.remaining() >= wanted) {
      return true;
    }
    buffer.compact();
    long from = at + buffer.position();
    while (buffer.hasRemaining()) {
      int read = file.read(buffer, from);
      if (read < 0) {
        break;
      }
      from += read;
    }
    buffer.flip();
    return buffer.remaining() >= wanted;
  }

  private static OwnerKept parsed(byte[] bytes) throws IOException {
    try {
      return OwnerKept.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("a record with a good sum cannot be read", e);
    }
  }

  /** Where the last record of each key, session and of the floor is. */
  Map<String, Long> last() throws IOException {
    Map<String, Long> last = new HashMap<>();
    scan(
        (at, record) -> {
          if (record.hasEntry() || record.hasSession() || record.getFloor() > 0) {
            last.put(name(record), at);
          } else {
            last.remove(name(record));
          }
        });
    return last;
  }

  private static String name(OwnerKept record) {
    return record.getFloor() > 0 ? FLOOR : (record.getOfSession() ? "s" : "k") + record.getKey();
  }

  /** The records at these places. */
  List<OwnerKept> read(List<Long> places) throws IOException {
    List<OwnerKept> records = new ArrayList<>(places.size());
    ByteBuffer head = ByteBuffer.allocate(HEAD);
    for (long at : places) {
      whole(head.clear(), at);
      ByteBuffer bytes = ByteBuffer.allocate(head.getInt(0));
      whole(bytes, at + HEAD);
      records.add(parsed(bytes.array()));
    }
    return records;
  }

  private void whole(ByteBuffer into, long at) throws IOException {
    long from = at;
    while (into.hasRemaining()) {
      int read = file.read(into, from);
      if (read < 0) {
        throw new IOException(path + " ends within a record");
      }
      from += read;
    }
  }

  /** Forgets all but the last record of each key. */
  void compact() throws IOException {
    Path next = path.resolveSibling(path.getFileName() + ".next");
    List<Long> places = last().values().stream().sorted().toList();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(next))) {
      for (int from = 0; from < places.size(); from += 1000) {
        for (OwnerKept record : read(places.subList(from, Math.min(places.size(), from + 1000)))) {
          ByteBuffer one = ByteBuffer.allocate(HEAD + record.getSerializedSize());
          put(one, record);
          out.write(one.array());
        }
      }
    }
    FileChannel compacted = channel(next);
    compacted.force(true);
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    file.close();
    file = compacted;
    size = compacted.size();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
