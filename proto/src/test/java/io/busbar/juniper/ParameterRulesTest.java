package io.busbar.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each row of the table of parameters: its bounds are taken, and what is beyond them is not. */
class ParameterRulesTest {
  private static ParameterRules.Checked check(String name, String json) {
    Map<String, Object> given = new HashMap<>();
    given.put(name, JuniperJson.read(json));
    return ParameterRules.check(given);
  }

  private static void assertTaken(String name, String json) {
    ParameterRules.Checked checked = check(name, json);
    assertNull(checked.fault(), name + " " + json);
    assertEquals(List.of(name), new ArrayList<>(checked.accepted().keySet()));
  }

  private static void assertRefused(String name, String json) {
    String fault = check(name, json).fault();
    assertTrue(fault != null && fault.startsWith(name + ": expected "), name + " " + json);
  }

  @ParameterizedTest
  @CsvSource({
    "learning_rate, 1e-9, 10, 0, 10.0001",
    "candidate_learning_rate, 1e-9, 10, 0, 10.0001",
    "correlation_threshold, 1e-9, 1, 0, 1.0001",
    "candidate_pool_size, 1, 256, 0, 257",
    "max_hidden_units, 1, 10000, 0, 10001",
    "max_iterations, 1, 1000000000, 0, -1",
    "epochs_max, 1, 1000000000, 0, -1",
    "patience, 1, 100000, 0, 100001",
    "candidate_patience, 1, 100000, 0, 100001",
    "convergence_threshold, 1e-12, 1e300, 0, -1",
    "candidate_convergence_threshold, 1e-12, 1e300, 0, -1",
    "candidate_epochs, 1, 1000000, 0, 1000001",
    "output_epochs, 1, 1000000, 0, 1000001",
    "auto_snap_min_epochs, 0, 1000000, -1, 1000001",
    "selected_candidates, 1, 256, 0, 257",
    "top_candidates, 0, 256, -1, 257",
    "random_candidates, 0, 256, -1, 257"
  })
  void aNumberHasItsBounds(String name, String least, String most, String below, String above) {
    assertTaken(name, least);
    assertTaken(name, most);
    assertRefused(name, below);
    assertRefused(name, above);
    for (String odd : List.of("NaN", "Infinity", "-Infinity", "\"x\"", "[]", "{}")) {
      assertRefused(name, odd);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "init_output_weights | zero random | one Zero",
        "optimizer_type | Adam AdamW SGD RMSprop NAdam RAdam Adamax Adagrad Adadelta Adafactor ASGD"
            + " LBFGS Rprop Muon | adam ADAM Lion",
        "activation_function_name | Identity Tanh Sigmoid ReLU LeakyReLU ELU SELU GELU Softmax"
            + " Softplus Hardtanh Softshrink Tanhshrink tanh sigmoid relu | TANH gelu Swish",
        "candidate_selection | top random mixed | all Top"
      })
  void aNameIsOneOfItsList(String name, String good, String bad) {
    for (String one : good.split(" ")) {
      assertTaken(name, "\"" + one + "\"");
    }
    for (String one : bad.split(" ")) {
      assertRefused(name, "\"" + one + "\"");
    }
    for (String odd : List.of("1", "true", "[]")) {
      assertRefused(name, odd);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto_snap_best", "multi_candidate"})
  void aSwitchIsTrueOrFalse(String name) {
    assertEquals(true, check(name, "true").accepted().get(name));
    assertEquals(false, check(name, "0").accepted().get(name));
    assertEquals(true, check(name, "\"Yes\"").accepted().get(name));
    for (String odd : List.of("2", "\"maybe\"", "[]", "NaN")) {
      assertRefused(name, odd);
    }
  }

  @Test
  void thereAreTwentyThree() {
    assertEquals(23, ParameterRules.names().size());
  }

  @Test
  void unknownOnesAndNullsAreLeftOut() {
    Map<String, Object> given = new HashMap<>();
    given.put("patience", null);
    given.put("nope", 1L);
    assertEquals(Map.of(), ParameterRules.check(given).accepted());
    assertNull(ParameterRules.check(given).fault());
  }

  @Test
  void oneThatDoesNotFitRefusesAll() {
    ParameterRules.Checked checked =
        ParameterRules.check(Map.of("learning_rate", 0.1, "patience", 0L));
    assertEquals(Map.of(), checked.accepted());
    assertTrue(checked.fault().startsWith("patience"), checked.fault());
  }
}
