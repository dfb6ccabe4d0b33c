package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every meter says what it counts. */
class MeterHelpTest {
  private static final Pattern NAME =
      Pattern.compile("((?i:prefix) \\+ )?\"(busbar\\.)?([a-z.-]*[a-z])\"");

  /** What the names of a file have in common; the HTTP fronts make theirs from their section. */
  private static final Pattern PREFIX = Pattern.compile("\"(busbar\\.[a-z.-]+\\.)\"");

  /** What may follow a name that describes itself: the text, or a call that gives it. */
  private static final Pattern OWN_TEXT =
      Pattern.compile("^\\s*,\\s*\"[A-Z]|^[^;]{0,250}\\.description\\(");

  @Test
  void everyMeterInTheSourcesIsDescribed() throws IOException {
    List<String> silent = new ArrayList<>();
    int seen = 0;
    for (Path source : sources()) {
      String text = Files.readString(source);
      Matcher name = NAME.matcher(text);
      Matcher found = PREFIX.matcher(text);
      String prefix = found.find() ? found.group(1) : "busbar.http.";
      while (text.contains("import io.micrometer") && name.find()) {
        boolean prefixed = name.group(1) != null;
        if (!prefixed && name.group(2) == null) {
          continue;
        }
        seen++;
        String meter = (prefixed ? prefix : "busbar.") + name.group(3);
        boolean described = OWN_TEXT.matcher(text.substring(name.end())).find();
        if (!described && MeterHelp.of(meter) == null) {
          silent.add(source.getFileName() + ": " + meter);
        }
      }
    }
    assertEquals(List.of(), silent);
    assertTrue(seen > 80, "found " + seen);
  }

  private static List<Path> sources() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String module : List.of("../proto", "../verticles", "../gateway")) {
      try (Stream<Path> files = Files.walk(Path.of(module, "src/main/java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
      }
    }
    return all;
  }

  @Test
  void aMeterWithoutATextOfItsOwnGetsTheOneOfTheTable() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().meterFilter(new MeterHelp());
    registry.counter("busbar.offers", "pool", "p").increment();
    registry.counter("busbar.fn-lb.linger.cut").increment();
    Counter.builder("busbar.rejects").description("own words").register(registry).increment();
    String scraped = registry.scrape();
    assertTrue(scraped.contains("# HELP busbar_offers_total Offers of calls"), scraped);
    assertTrue(scraped.contains("# HELP busbar_fn_lb_linger_cut_total Answers"), scraped);
    assertTrue(scraped.contains("# HELP busbar_rejects_total own words"), scraped);
    assertTrue(scraped.contains("busbar_offers_total{pool=\"p\"} 1.0"), scraped);
  }
}
