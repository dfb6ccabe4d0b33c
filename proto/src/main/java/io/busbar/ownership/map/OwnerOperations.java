package io.busbar.ownership.map;

import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;

/** Makes the processors known to Hazelcast; every member must have it. */
public final class OwnerOperations implements DataSerializableFactory {
  /** Number of this factory among those of a member; the value is arbitrary. */
  public static final int ID = 7302;

  static final int DECIDE = 1;
  static final int APPLY = 2;
  static final int SESSION = 3;
  static final int FIRST_KEYS = 4;
  static final int RAISE_FLOOR = 5;
  static final int MERGE = 6;
  static final int MERGE_SESSIONS = 7;
  static final int DECIDE_MANY = 8;
  static final int APPLY_MANY = 9;
  static final int DECIDE_MANY_OPERATION = 10;
  static final int READ = 11;
  static final int RESTORE = 12;

  @Override
  public IdentifiedDataSerializable create(int id) {
    return switch (id) {
      case DECIDE -> new DecideProcessor();
      case APPLY -> new ApplyProcessor();
      case SESSION -> new SessionProcessor();
      case FIRST_KEYS -> new FirstKeys();
      case RAISE_FLOOR -> new FloorProcessor();
      case MERGE -> new OwnerMergePolicy();
      case MERGE_SESSIONS -> new SessionMergePolicy();
      case DECIDE_MANY -> new DecideManyProcessor();
      case APPLY_MANY -> new ApplyManyProcessor();
      case DECIDE_MANY_OPERATION -> new DecideManyOperation();
      case READ -> new ReadKeys();
      case RESTORE -> new RestoreProcessor();
      default -> null;
    };
  }
}
