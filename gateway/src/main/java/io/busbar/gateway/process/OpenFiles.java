package io.busbar.gateway.process;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Files and sockets of this process. */
public final class OpenFiles {
  private OpenFiles() {}

  /**
   * So many may be open at once, in this process and in those it starts; {@link Long#MAX_VALUE}
   * where the system does not tell. Java raises its own soft limit to the hard one.
   */
  public static long limit() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
