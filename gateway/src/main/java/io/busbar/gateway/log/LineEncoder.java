package io.busbar.gateway.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * One line per event. Fields that code adds (key-value pairs and MDC, such as the id of a call)
 * stand after the message as {@code name=value}, or as members of the JSON object. A stack trace is
 * folded into the line.
 */
final class LineEncoder extends EncoderBase<ILoggingEvent> {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final int MAX_VALUE = 8192;
  private static final int MAX_FRAMES = 40;
  private static final int MAX_CAUSES = 5;

  private final boolean json;
  private final String node;
  private final Secrets secrets;

  private LineEncoder(boolean json, String node, Secrets secrets) {
    this.json = json;
    this.node = node;
    this.secrets = secrets;
  }

  static LineEncoder text(String node, Secrets secrets) {
    return new LineEncoder(false, node, secrets);
  }

  static LineEncoder json(String node, Secrets secrets) {
    return new LineEncoder(true, node, secrets);
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(256);
    if (json) {
      json(event, line);
    } else {
      text(event, line);
    }
    return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private void text(ILoggingEvent event, StringBuilder line) {
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    line.append(' ').append(event.getLevel());
    String logger = event.getLoggerName();
    line.append(' ').append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(' ');
    line.append(oneLine(clean(event.getFormattedMessage())));
    fields(event)
        .forEach((name, value) -> line.append(' ').append(name).append('=').append(word(value)));
    if (event.getThrowableProxy() != null) {
      line.append(" error=").append(word(clean(error(event))));
    }
  }

  private void json(ILoggingEvent event, StringBuilder line) {
    line.append("{\"time\":\"");
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    line.append("\",\"level\":\"").append(event.getLevel()).append('"');
    if (!node.isEmpty()) {
      member(line, "node", node);
    }
    member(line, "logger", event.getLoggerName());
    member(line, "thread", event.getThreadName());
    member(line, "message", clean(event.getFormattedMessage()));
    fields(event)
        .forEach(
            (name, value) -> {
              line.append(",\"");
              escape(name, line);
              line.append("\":");
              value(value, line);
            });
    if (event.getThrowableProxy() != null) {
      member(line, "error", clean(error(event)));
    }
    line.append('}');
  }

  private Map<String, Object> fields(ILoggingEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>(event.getMDCPropertyMap());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        boolean bare = pair.value instanceof Number || pair.value instanceof Boolean;
        fields.put(pair.key, bare ? pair.value : clean(String.valueOf(pair.value)));
      }
    }
    return fields;
  }

  private String clean(String text) {
    String shown = text == null ? "" : text;
    return secrets.mask(shown.length() > MAX_VALUE ? shown.substring(0, MAX_VALUE) + "…" : shown);
  }

  private static void member(StringBuilder line, String name, String value) {
    line.append(",\"").append(name).append("\":");
    value(value, line);
  }

  private static void value(Object value, StringBuilder line) {
    boolean notANumber =
        (value instanceof Double d && !Double.isFinite(d))
            || (value instanceof Float f && !Float.isFinite(f));
    if ((value instanceof Number || value instanceof Boolean) && !notANumber) {
      line.append(value);
      return;
    }
    line.append('"');
    escape(value.toString(), line);
    line.append('"');
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line.append("\\n");
      } else {
        line.append(Character.isISOControl(c) ? ' ' : c);
      }
    }
    return line.toString();
  }

  private static String word(Object value) {
    String text = value.toString();
    boolean plain = !text.isEmpty();
    for (int i = 0; i < text.length() && plain; i++) {
      char c = text.charAt(i);
      plain = c > ' ' && c != '"' && c != '\\' && c != '=' && c != 0x7f;
    }
    if (plain) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    escape(text, quoted);
    return quoted.append('"').toString();
  }

  private static void escape(String text, StringBuilder line) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f || (Character.isSurrogate(c) && !paired(text, i))) {
            line.append(String.format("\\u%04x", (int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
  }

  private static boolean paired(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }

  private static String error(ILoggingEvent event) {
    String loss = ExpectedLoss.of(event);
    return loss == null ? stack(event.getThrowableProxy()) : loss;
  }

  private static String stack(IThrowableProxy thrown) {
    StringBuilder text = new StringBuilder();
    int causes = 0;
    for (IThrowableProxy t = thrown; t != null && causes++ < MAX_CAUSES; t = t.getCause()) {
      text.append(t == thrown ? "" : "caused by ").append(t.getClassName());
      text.append(t.getMessage() == null ? "" : ": " + t.getMessage()).append('\n');
      int frames = 0;
      for (StackTraceElementProxy frame : t.getStackTraceElementProxyArray()) {
        if (frames++ == MAX_FRAMES) {
          break;
        }
        text.append("  ").append(frame.getSTEAsString()).append('\n');
      }
    }
    return text.toString().stripTrailing();
  }
}
