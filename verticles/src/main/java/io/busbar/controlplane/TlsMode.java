package io.busbar.controlplane;

/** Whether hosts prove who they are, both ways, with certificates. */
public enum TlsMode {
  /** Nobody does; the port may still speak TLS for itself. */
  OFF,
  /** Clear text, and mutual TLS on a second port, which is preferred where both sides have it. */
  PERMISSIVE,
  /** Mutual TLS only; whoever speaks for a host that its certificate does not name is refused. */
  REQUIRED
}
