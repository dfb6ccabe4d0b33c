package io.busbar.ownership.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.OwnerKept;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file of owners says after it was closed, or torn. */
class OwnerDiskTest {
  @TempDir private Path dir;
  private Path path;

  @BeforeEach
  void place() {
    path = dir.resolve("owners.log");
  }

  @Test
  void theLastRecordOfEachKeyIsKept() throws Exception {
    try (OwnerDisk disk = OwnerDisk.open(path)) {
      disk.keep(key("a", "1"));
      disk.keep(key("b", "1"));
      disk.keep(key("a", "2"));
      disk.keep(OwnerKept.newBuilder().setKey("b").build());
      disk.keep(session("a", "s"));
      disk.keep(OwnerKept.newBuilder().setFloor(7).build());
      disk.keep(OwnerKept.newBuilder().setFloor(9).build());
    }
    assertEquals(Map.of("a", "2", "session a", "s"), content());
    try (OwnerDisk disk = OwnerDisk.open(path)) {
      assertEquals(9, disk.floorBefore());
    }
  }

  @Test
  void anUnfinishedRecordAtTheEndIsCutOff() throws Exception {
    try (OwnerDisk disk = OwnerDisk.open(path)) {
      disk.keep(key("a", "1"));
      disk.keep(key("b", "1"));
    }
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 1);
    }
    assertEquals(Map.of("a", "1"), content());
    try (OwnerDisk disk = OwnerDisk.open(path)) {
      disk.keep(key("c", "1"));
    }
    assertEquals(Map.of("a", "1", "c", "1"), content());
  }

  @Test
  void aRecordWithABadSumEndsTheFile() throws Exception {
    try (OwnerDisk disk = OwnerDisk.open(path)) {
      disk.keep(key("a", "1"));
      disk.keep(key("b", "value"));
    }
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {'X'}), file.size() - 1);
    }
    assertEquals(Map.of("a", "1"), content());
  }

  @Test
  void theFileIsRewrittenWhenMostOfItIsOld() throws Exception {
    String large = "x".repeat(100_000);
    try (OwnerDisk disk = OwnerDisk.open(path)) {
      for (int i = 0; i < 400; i++) {
        disk.keep(key("k" + i % 10, i + large));
      }
    }
    assertTrue(Files.size(path) < 20_000_000, Files.size(path) + " bytes");
    assertEquals("399" + large, content().get("k9"));
    assertEquals(10, content().size());
  }

  // ---- parts ----

  private static OwnerKept key(String key, String value) {
    return OwnerKept.newBuilder().setKey(key).setEntry(ByteString.copyFromUtf8(value)).build();
  }

  private static OwnerKept session(String key, String value) {
    return OwnerKept.newBuilder()
        .setKey(key)
        .setOfSession(true)
        .setSession(ByteString.copyFromUtf8(value))
        .build();
  }

  private Map<String, String> content() throws Exception {
    Map<String, String> content = new TreeMap<>();
    try (OwnerDisk disk = OwnerDisk.open(path)) {
      for (int from = 0; from < disk.before(); from += 2) {
        for (OwnerKept kept : disk.before(from, 2)) {
          if (kept.hasSession()) {
            content.put("session " + kept.getKey(), kept.getSession().toStringUtf8());
          } else if (kept.hasEntry()) {
            content.put(kept.getKey(), kept.getEntry().toStringUtf8());
          }
        }
      }
    }
    return content;
  }
}
