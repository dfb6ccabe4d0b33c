package io.busbar.gateway.config;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML 1.2 into {@link YamlNode}s. Bounded by construction: no anchors, aliases or tags, at
 * most {@link #MAX_DEPTH} levels, {@link #MAX_NODES} values and {@link #MAX_CHARS} characters; a
 * name may stand once per section.
 */
final class YamlReader {

  static final int MAX_CHARS = 1 << 20;
  static final int MAX_DEPTH = 24;
  static final int MAX_NODES = 50_000;

  private final String source;
  private final boolean lines;
  private final Iterator<Event> events;
  private int nodes;

  private YamlReader(String source, boolean lines, String text) {
    this.source = source;
    this.lines = lines;
    LoadSettings settings =
        LoadSettings.builder().setLabel(source).setCodePointLimit(MAX_CHARS).build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /**
   * Reads one document.
   *
   * @param source what messages call it
   * @param lines false = one-line sources such as flags, whose positions carry no line
   * @return null if the document is empty
   * @throws ConfigException naming the place of the first fault
   */
  static YamlNode read(String source, boolean lines, String text) {
    if (text.length() > MAX_CHARS) {
      throw fault(new Position(source, 0), text.length() + " characters", "at most 1 MiB of text");
    }
    try {
      return new YamlReader(source, lines, text).document();
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      String problem = e.getProblem() == null ? e.getContext() : e.getProblem();
      throw fault(new Position(source, lines ? line : 0), null, "not valid YAML: " + problem);
    } catch (YamlEngineException e) {
      String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw fault(new Position(source, 0), null, "not valid YAML: " + first);
    }
  }

  private YamlNode document() {
    YamlNode root = null;
    boolean seen = false;
    while (events.hasNext()) {
      Event event = events.next();
      switch (event.getEventId()) {
        case StreamStart, StreamEnd, DocumentEnd, Comment -> {}
        case DocumentStart -> {
          if (seen) {
            throw fault(position(event), null, "one document, found a second one");
          }
          seen = true;
        }
        default -> root = node(event, 0);
      }
    }
    return root;
  }

  private YamlNode node(Event event, int depth) {
    Position at = position(event);
    if (depth > MAX_DEPTH) {
      throw fault(at, null, "at most " + MAX_DEPTH + " levels of nesting");
    }
    if (++nodes > MAX_NODES) {
      throw fault(at, null, "at most " + MAX_NODES + " values");
    }
    if (event instanceof AliasEvent
        || (event instanceof NodeEvent named && named.getAnchor().isPresent())) {
      throw fault(at, null, "anchors and aliases are not accepted: write the value out");
    }
    if (event instanceof CollectionStartEvent start && start.getTag().isPresent()) {
      throw fault(at, start.getTag().get(), "tags are not accepted");
    }
    return switch (event.getEventId()) {
      case Scalar -> scalar((ScalarEvent) event, at);
      case SequenceStart -> sequence(at, depth);
      case MappingStart -> mapping(at, depth);
      default -> throw fault(at, null, "a value, found " + event.getEventId());
    };
  }

  private YamlNode scalar(ScalarEvent event, Position at) {
    if (event.getTag().isPresent()) {
      throw fault(at, event.getTag().get(), "tags are not accepted");
    }
    return new YamlNode.Scalar(event.getValue(), event.getScalarStyle() == ScalarStyle.PLAIN, at);
  }

  private YamlNode sequence(Position at, int depth) {
    List<YamlNode> items = new ArrayList<>();
    for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
      items.add(node(event, depth + 1));
    }
    return new YamlNode.Sequence(items, at);
  }

  private YamlNode mapping(Position at, int depth) {
    Map<String, YamlNode> entries = new LinkedHashMap<>();
    Map<String, Position> places = new LinkedHashMap<>();
    for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
      Position place = position(event);
      if (!(node(event, depth + 1) instanceof YamlNode.Scalar name)) {
        throw fault(place, null, "a name, found a list or a section");
      }
      YamlNode value = node(next(), depth + 1);
      Position earlier = places.putIfAbsent(name.text(), place);
      if (earlier != null) {
        throw fault(place, name.text(), "a name that stands once; it is also at " + earlier);
      }
      entries.put(name.text(), value);
    }
    return new YamlNode.Mapping(entries, places, at);
  }

  private Event next() {
    Event event = events.next();
    while (event.getEventId() == Event.ID.Comment) {
      event = events.next();
    }
    return event;
  }

  private Position position(Event event) {
    return new Position(
        source, lines ? event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0) : 0);
  }

  private static ConfigException fault(Position at, String value, String expected) {
    return new ConfigException(new Problem(at, "", value, expected));
  }
}
