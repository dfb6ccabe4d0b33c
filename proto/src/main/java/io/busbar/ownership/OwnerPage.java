package io.busbar.ownership;

import java.util.List;

/**
 * Part of a list, by key.
 *
 * @param records in the order of their keys
 * @param more there are keys after the last one
 */
public record OwnerPage(List<OwnerRecord> records, boolean more) {
  /** Most records of a page. */
  public static final int MOST = 10_000;

  public OwnerPage {
    records = List.copyOf(records);
  }
}
