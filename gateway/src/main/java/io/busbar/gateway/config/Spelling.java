package io.busbar.gateway.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What somebody may have meant. */
public final class Spelling {
  private Spelling() {}

  /** The name that a word was probably meant to be: at most two edits away, or begun with it. */
  public static Optional<String> closest(String word, Collection<String> names) {
    return names.stream()
        .filter(
            name ->
                distance(word, name) <= Math.min(2, word.length() / 2)
                    || (word.length() > 1 && name.startsWith(word)))
        .min(Comparator.comparingInt(name -> distance(word, name)));
  }

  /** Edits between two texts, by Levenshtein. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
