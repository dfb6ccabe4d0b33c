package io.busbar.ownership;

/** Bounds of epochs. */
public final class Epochs {
  /** Epochs are JSON numbers. */
  public static final long LARGEST = (1L << 53) - 1;

  /** How far above the present one a proposed epoch may be. */
  public static final long LARGEST_STEP = 1L << 32;

  private Epochs() {}
}
