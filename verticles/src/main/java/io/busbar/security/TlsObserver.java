package io.busbar.security;

import java.time.Instant;

/** Hears what happens to TLS files. Called on the reloader's thread; must not block for long. */
public interface TlsObserver {

  /** Hears nothing. */
  TlsObserver NONE =
      new TlsObserver() {
        @Override
        public void reloaded(String port, Instant expires) {}

        @Override
        public void refused(String port, String why) {}
      };

  /** New files are in use for new connections. */
  void reloaded(String port, Instant expires);

  /** New files are unusable; the old ones stay in use. */
  void refused(String port, String why);
}
