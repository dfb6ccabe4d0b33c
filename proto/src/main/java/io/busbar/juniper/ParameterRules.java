package io.busbar.juniper;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What {@code set_params} of the control stream takes. Values are read as loosely as the reference
 * does: numbers from texts and booleans, whole numbers from 7.0; names exactly. Thread-safe.
 */
public final class ParameterRules {
  private static final int MOST_CANDIDATES = 256;
  private static final int MOST_EPOCHS = 1_000_000;
  private static final int MOST_PATIENCE = 100_000;
  private static final Set<String> YES = Set.of("true", "1", "yes", "y", "on", "t");
  private static final Set<String> NO = Set.of("false", "0", "no", "n", "off", "f");
  private static final Map<String, Rule> RULES = rules();

  private ParameterRules() {}

  /**
   * What became of the parameters.
   *
   * @param accepted the known ones, in their types, in the order of the reference's list
   * @param fault the first one that does not fit, with what is expected; null = all fit
   */
  public record Checked(Map<String, Object> accepted, String fault) {
    public Checked {
      accepted = Collections.unmodifiableMap(new LinkedHashMap<>(accepted));
    }
  }

  private interface Rule {
    /** The value in its type, null = it does not fit. */
    Object read(Object value);
  }

  private record Bounded(Rule rule, String expected) implements Rule {
    @Override
    public Object read(Object value) {
      return rule.read(value);
    }

    @Override
    public String toString() {
      return expected;
    }
  }

  private static Rule above(double least, double most, String expected) {
    return new Bounded(
        value -> {
          Double number = Loose.toDouble(value);
          boolean fits = number != null && number > least && number <= most;
          return fits && Double.isFinite(number) ? number : null;
        },
        expected);
  }

  private static Rule whole(long least, long most) {
    return new Bounded(
        value -> {
          Long number = Loose.toLong(value);
          return number != null && number >= least && number <= most ? number : null;
        },
        most == Long.MAX_VALUE ? "at least " + least : least + " to " + most);
  }

  private static Rule oneOf(String... names) {
    List<String> known = List.of(names);
    return new Bounded(value -> known.contains(value) ? value : null, "one of " + known);
  }

  private static Rule bool() {
    return new Bounded(ParameterRules::readBool, "true or false");
  }

  private static Object readBool(Object value) {
    if (value instanceof Boolean) {
      return value;
    }
    if (value instanceof String text) {
      String lower = text.toLowerCase(Locale.ROOT);
      return YES.contains(lower) ? Boolean.TRUE : NO.contains(lower) ? Boolean.FALSE : null;
    }
    Double number = value instanceof Number ? Loose.toDouble(value) : null;
    if (number == null || (number != 0 && number != 1)) {
      return null;
    }
    return number == 1;
  }

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new LinkedHashMap<>();
    Rule rate = above(0, 10, "above 0, at most 10");
    Rule threshold = above(0, Double.MAX_VALUE, "above 0");
    Rule patience = whole(1, MOST_PATIENCE);
    Rule epochs = whole(1, MOST_EPOCHS);
    rules.put("learning_rate", rate);
    rules.put("candidate_learning_rate", rate);
    rules.put("correlation_threshold", above(0, 1, "above 0, at most 1"));
    rules.put("candidate_pool_size", whole(1, MOST_CANDIDATES));
    rules.put("max_hidden_units", whole(1, 10_000));
    rules.put("max_iterations", whole(1, Long.MAX_VALUE));
    rules.put("epochs_max", whole(1, Long.MAX_VALUE));
    rules.put("patience", patience);
    rules.put("candidate_patience", patience);
    rules.put("convergence_threshold", threshold);
    rules.put("candidate_convergence_threshold", threshold);
    rules.put("candidate_epochs", epochs);
    rules.put("output_epochs", epochs);
    rules.put("init_output_weights", oneOf("zero", "random"));
    rules.put(
        "optimizer_type",
        oneOf(
            "Adam",
            "AdamW",
            "SGD",
            "RMSprop",
            "NAdam",
            "RAdam",
            "Adamax",
            "Adagrad",
            "Adadelta",
            "Adafactor",
            "ASGD",
            "LBFGS",
            "Rprop",
            "Muon"));
    rules.put(
        "activation_function_name",
        oneOf(
            "Identity",
            "Tanh",
            "Sigmoid",
            "ReLU",
            "LeakyReLU",
            "ELU",
            "SELU",
            "GELU",
            "Softmax",
            "Softplus",
            "Hardtanh",
            "Softshrink",
            "Tanhshrink",
            "tanh",
            "sigmoid",
            "relu"));
    rules.put("auto_snap_best", bool());
    rules.put("multi_candidate", bool());
    rules.put("auto_snap_min_epochs", whole(0, MOST_EPOCHS));
    rules.put("candidate_selection", oneOf("top", "random", "mixed"));
    rules.put("selected_candidates", whole(1, MOST_CANDIDATES));
    rules.put("top_candidates", whole(0, MOST_CANDIDATES));
    rules.put("random_candidates", whole(0, MOST_CANDIDATES));
    return rules;
  }

  /** The names of all parameters, in the order of the reference's list. */
  public static Set<String> names() {
    return Collections.unmodifiableSet(RULES.keySet());
  }

  /**
   * Checks parameters; unknown ones and nulls are left out. Never throws.
   *
   * @param given as {@link JuniperJson#read(String)} gives them
   */
  public static Checked check(Map<?, ?> given) {
    Map<String, Object> accepted = new LinkedHashMap<>();
    for (Map.Entry<String, Rule> rule : RULES.entrySet()) {
      Object value = given.get(rule.getKey());
      if (value == null) {
        continue;
      }
      Object read = rule.getValue().read(value);
      if (read == null) {
        return new Checked(Map.of(), rule.getKey() + ": expected " + rule.getValue());
      }
      accepted.put(rule.getKey(), read);
    }
    return new Checked(accepted, null);
  }
}
