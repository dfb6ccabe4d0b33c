package io.busbar.routing;

import io.busbar.failure.Failure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Routing rules, ready for use: the first rule that matches names the pool, else it is {@value
 * #DEFAULT_POOL}. Immutable.
 */
public final class Routes {
  /** Pool of calls that no rule names. */
  public static final String DEFAULT_POOL = "default";

  /** Every call goes to the default pool. */
  public static final Routes NONE = compile(List.of());

  private static final String ANNOTATION = "annotation.";
  private static final String HEADER = "header.";
  private static final String EXTENSION = "extension.";
  private static final String FIELDS =
      "app_id, app_name, fn_id, image, type, annotation.KEY, header.NAME or extension.KEY";
  private static final int SHOWN = 60;

  private final List<Rule> rules;
  private final Set<String> annotationKeys;

  private Routes(List<Rule> rules, Set<String> annotationKeys) {
    this.rules = rules;
    this.annotationKeys = annotationKeys;
  }

  /**
   * Checks and prepares rules.
   *
   * @throws IllegalArgumentException naming rule and field, the value, and what was expected
   */
  public static Routes compile(List<Route> routes) {
    List<Rule> rules = new ArrayList<>();
    Set<String> annotationKeys = new HashSet<>();
    for (int i = 0; i < routes.size(); i++) {
      Route route = routes.get(i);
      String at = "routes[" + i + "]";
      if (route.pool().isBlank()) {
        throw new IllegalArgumentException(at + ".pool: empty, expected the name of a pool");
      }
      if (route.match().isEmpty()) {
        throw new IllegalArgumentException(at + ".match: empty, expected " + FIELDS);
      }
      List<Condition> conditions = new ArrayList<>();
      new TreeMap<>(route.match())
          .forEach(
              (field, pattern) -> {
                conditions.add(condition(at + ".match." + field, field, pattern));
                if (field.startsWith(ANNOTATION)) {
                  annotationKeys.add(field.substring(ANNOTATION.length()));
                }
              });
      rules.add(new Rule(List.copyOf(conditions), route.pool()));
    }
    return new Routes(List.copyOf(rules), Set.copyOf(annotationKeys));
  }

  /** Annotations that some rule asks for. */
  public Set<String> annotationKeys() {
    return annotationKeys;
  }

  /** The pool of a call. */
  public String poolOf(CallFacts facts, Map<String, String> extensions) {
    for (Rule rule : rules) {
      if (rule.matches(facts, extensions)) {
        return rule.pool();
      }
    }
    return DEFAULT_POOL;
  }

  private static Condition condition(String at, String field, String pattern) {
    Source source = source(at, field);
    int star = pattern.indexOf('*');
    if (pattern.isEmpty() || (star >= 0 && star < pattern.length() - 1)) {
      throw new IllegalArgumentException(
          at
              + ": '"
              + Failure.shorten(pattern, SHOWN)
              + "', expected a value, or the start of one followed by *");
    }
    return star < 0
        ? new Condition(source, pattern, false)
        : new Condition(source, pattern.substring(0, star), true);
  }

  private static Source source(String at, String field) {
    switch (field) {
      case "app_id":
        return (facts, extensions) -> facts.appId();
      case "app_name":
        return (facts, extensions) -> facts.appName();
      case "fn_id":
        return (facts, extensions) -> facts.fnId();
      case "image":
        return (facts, extensions) -> facts.image();
      case "type":
        return (facts, extensions) -> facts.type();
      default:
        break;
    }
    for (String kind : List.of(ANNOTATION, HEADER, EXTENSION)) {
      if (field.startsWith(kind) && field.length() > kind.length()) {
        return keyed(kind, field.substring(kind.length()));
      }
    }
    throw new IllegalArgumentException(at + ": unknown field, expected " + FIELDS);
  }

  private static Source keyed(String kind, String key) {
    return switch (kind) {
      case ANNOTATION -> (facts, extensions) -> facts.annotations().get(key);
      case HEADER -> (facts, extensions) -> facts.header(key);
      default -> (facts, extensions) -> extensions.get(key);
    };
  }

  /** Where a condition finds its value; null = the call has none. */
  private interface Source {
    String of(CallFacts facts, Map<String, String> extensions);
  }

  private record Condition(Source source, String text, boolean prefix) {
    boolean matches(CallFacts facts, Map<String, String> extensions) {
      String value = source.of(facts, extensions);
      return value != null && (prefix ? value.startsWith(text) : value.equals(text));
    }
  }

  private record Rule(List<Condition> conditions, String pool) {
    boolean matches(CallFacts facts, Map<String, String> extensions) {
      for (Condition condition : conditions) {
        if (!condition.matches(facts, extensions)) {
          return false;
        }
      }
      return true;
    }
  }
}
