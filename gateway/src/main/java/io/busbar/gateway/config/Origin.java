package io.busbar.gateway.config;

/**
 * Where an effective value came from.
 *
 * @param kind which source won
 * @param where file and line, variable or flag; "" for a default
 */
public record Origin(Kind kind, String where) {

  static final Origin DEFAULT = new Origin(Kind.DEFAULT, "");

  /** Sources, weakest first. */
  public enum Kind {
    DEFAULT("default"),
    FILE("file"),
    ENV("env"),
    FLAG("flag");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  @Override
  public String toString() {
    return where.isEmpty() ? kind.label() : kind.label() + " " + where;
  }
}
