package io.busbar.ownership.impl;

import io.busbar.ownership.OwnershipObserver;
import io.busbar.ownership.OwnershipOptions;
import io.busbar.ownership.map.OwnerStore;
import java.lang.reflect.Proxy;
import java.util.Set;

/** A store that answers what a test says, and what a node knows beside it. */
final class ScriptedStore {
  private ScriptedStore() {}

  /** What a test answers to a question of that name. */
  @FunctionalInterface
  interface Script {
    Object answer(String question, Object argument);
  }

  /** The same with all arguments. */
  @FunctionalInterface
  interface Answers {
    Object answer(String question, Object... arguments);
  }

  /** A node alone, whose store follows the script. */
  static OwnershipNode node(Script script) {
    return nodeOf(
        (question, arguments) ->
            script.answer(question, arguments.length == 0 ? null : arguments[0]));
  }

  /** The same with all arguments. */
  static OwnershipNode nodeOf(Answers answers) {
    OwnerStore store =
        (OwnerStore)
            Proxy.newProxyInstance(
                OwnerStore.class.getClassLoader(),
                new Class<?>[] {OwnerStore.class},
                (self, method, arguments) ->
                    answers.answer(
                        method.getName(), arguments == null ? new Object[0] : arguments));
    return new OwnershipNode(
        null,
        () -> true,
        store,
        () -> 0,
        OwnershipOptions.DEFAULTS,
        OwnershipObserver.NONE,
        System::currentTimeMillis,
        null);
  }

  @SuppressWarnings("unchecked")
  static Set<String> keys(Object argument) {
    return (Set<String>) argument;
  }
}
