package io.busbar.samples.trainer;

import io.busbar.juniper.ParameterRules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parameters of the control stream, in the order of the reference's list. Immutable. */
final class Parameters {
  static final Parameters DEFAULTS = new Parameters(defaults());

  /** Accepted and left as they are: one candidate is installed at a time, no snapshots are made. */
  private static final Set<String> FIXED =
      Set.of(
          "epochs_max",
          "auto_snap_best",
          "multi_candidate",
          "auto_snap_min_epochs",
          "candidate_selection",
          "selected_candidates",
          "top_candidates",
          "random_candidates");

  private final Map<String, Object> values;

  private Parameters(Map<String, Object> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  private static Map<String, Object> defaults() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("learning_rate", 0.01);
    values.put("candidate_learning_rate", 0.05);
    values.put("correlation_threshold", 0.01);
    values.put("candidate_pool_size", 8L);
    values.put("max_hidden_units", 20L);
    values.put("max_iterations", 20L);
    values.put("epochs_max", 1_000_000L);
    values.put("patience", 50L);
    values.put("candidate_patience", 50L);
    values.put("convergence_threshold", 1e-6);
    values.put("candidate_convergence_threshold", 1e-5);
    values.put("candidate_epochs", 200L);
    values.put("output_epochs", 200L);
    values.put("init_output_weights", "zero");
    values.put("optimizer_type", Descent.RPROP);
    values.put("activation_function_name", Activation.TANH.wireName());
    values.put("auto_snap_best", false);
    values.put("multi_candidate", false);
    values.put("auto_snap_min_epochs", 0L);
    values.put("candidate_selection", "top");
    values.put("selected_candidates", 1L);
    values.put("top_candidates", 1L);
    values.put("random_candidates", 0L);
    return values;
  }

  /**
   * A change.
   *
   * @param fault what is wrong with it, null = nothing; then nothing changed
   */
  record Change(Parameters after, List<String> applied, List<Skipped> skipped, String fault) {
    /** The current parameters, with what became of those that were given. */
    Map<String, Object> result() {
      Map<String, Object> result = new LinkedHashMap<>(after.values);
      result.put("applied", applied);
      result.put("skipped", skipped.stream().map(Skipped::fields).toList());
      return result;
    }
  }

  /** A parameter that is as it was. */
  record Skipped(String key, String reason) {
    private Map<String, Object> fields() {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("key", key);
      fields.put("reason", reason);
      return fields;
    }
  }

  /** All or none of them; unknown ones count as not given. */
  Change with(Map<?, ?> given) {
    ParameterRules.Checked checked = ParameterRules.check(given);
    Map<String, Object> accepted = checked.accepted();
    String fault = checked.fault() != null ? checked.fault() : countFault(accepted);
    if (fault != null) {
      return new Change(this, List.of(), List.of(), fault);
    }
    Map<String, Object> after = new LinkedHashMap<>(values);
    List<String> applied = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    accepted.forEach(
        (key, value) -> {
          if (isFixed(key, value)) {
            skipped.add(new Skipped(key, "not-updatable"));
          } else {
            after.put(key, value);
            applied.add(key);
          }
        });
    return new Change(new Parameters(after), applied, skipped, null);
  }

  private String countFault(Map<String, Object> accepted) {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.putAll(accepted);
    long selected = (Long) all.get("selected_candidates");
    long parts = (Long) all.get("top_candidates") + (Long) all.get("random_candidates");
    return selected == parts
        ? null
        : "selected_candidates: " + selected + ", expected top plus random ones, " + parts;
  }

  private static boolean isFixed(String key, Object value) {
    return switch (key) {
      case "optimizer_type" -> Descent.named(String.valueOf(value), 1) == null;
      case "activation_function_name" -> Activation.named(String.valueOf(value)) == null;
      default -> FIXED.contains(key);
    };
  }

  double number(String key) {
    return ((Number) values.get(key)).doubleValue();
  }

  /** Cut to an int. */
  int count(String key) {
    return (int) Math.min(Integer.MAX_VALUE, ((Number) values.get(key)).longValue());
  }

  String text(String key) {
    return String.valueOf(values.get(key));
  }

  Activation activation() {
    return Activation.named(text("activation_function_name"));
  }

  /** Growths of a run at most. */
  int growths() {
    return Math.min(count("max_iterations"), count("max_hidden_units"));
  }

  /** Epochs of a run at most, as the protocol counts them. */
  int maxEpochs() {
    long growth = (long) count("candidate_epochs") + count("output_epochs");
    return (int) Math.min(Integer.MAX_VALUE, count("output_epochs") + growths() * growth);
  }

  CandidateTraining.Plan candidatePlan() {
    return new CandidateTraining.Plan(
        activation(),
        text("optimizer_type"),
        number("candidate_learning_rate"),
        count("candidate_epochs"),
        count("candidate_patience"),
        number("candidate_convergence_threshold"));
  }
}
