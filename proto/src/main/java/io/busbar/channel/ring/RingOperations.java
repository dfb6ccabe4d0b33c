package io.busbar.channel.ring;

import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;

/** Makes the operations on rings and snapshots known to Hazelcast; every member must have it. */
public final class RingOperations implements DataSerializableFactory {
  /** Number of this factory among those of a member; the value is arbitrary. */
  public static final int ID = 7301;

  static final int LOOK = 1;
  static final int WRITE = 2;
  static final int WRITE_BACKUP = 3;
  static final int DROP = 4;
  static final int DROP_BACKUP = 5;
  static final int KEEP_NEWER = 6;
  static final int READ = 7;

  @Override
  public IdentifiedDataSerializable create(int type) {
    return switch (type) {
      case LOOK -> new LookOperation();
      case WRITE -> new WriteOperation();
      case WRITE_BACKUP -> new WriteBackup();
      case DROP -> new DropOperation();
      case DROP_BACKUP -> new DropBackup();
      case KEEP_NEWER -> new KeepNewer();
      case READ -> new ReadOperation();
      default -> throw new IllegalArgumentException("ring operation " + type);
    };
  }
}
