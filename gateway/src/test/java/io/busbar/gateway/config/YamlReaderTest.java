package io.busbar.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class YamlReaderTest {

  private static String refusal(String yaml) {
    return assertThrows(ConfigException.class, () -> YamlReader.read("f", true, yaml)).getMessage();
  }

  @Test
  void aNameThatStandsTwiceIsRefusedWithBothLines() {
    assertEquals(
        "f:3: 'http', a name that stands once; it is also at f:1",
        refusal("http:\n  port: 1\nhttp:\n  port: 2\n"));
  }

  @Test
  void aliasesAreRefusedBeforeTheyMultiply() {
    String bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    assertTrue(refusal(bomb).startsWith("f:1: anchors and aliases are not accepted"));
  }

  @Test
  void tagsAreRefused() {
    assertEquals("f:1: 'tag:yaml.org,2002:str', tags are not accepted", refusal("a: !!str x\n"));
    assertTrue(refusal("a: !!java.net.URL [x]\n").startsWith("f:1: "));
  }

  @Test
  void deepNestingIsRefused() {
    assertTrue(refusal("[".repeat(5000)).contains("levels of nesting"));
    assertTrue(refusal("{a: ".repeat(5000)).contains("levels of nesting"));
  }

  @Test
  void manyValuesAreRefused() {
    assertTrue(refusal("[" + "1,".repeat(60_000) + "]").contains("at most 50000 values"));
  }

  @Test
  void aHugeTextIsRefused() {
    assertTrue(refusal("#" + "x".repeat(2 << 20)).contains("at most 1 MiB"));
  }

  @Test
  void brokenSyntaxNamesTheLine() {
    assertTrue(refusal("a: 1\nb: [1, 2\nc: 3\n").startsWith("f:3: not valid YAML: "));
    assertTrue(refusal("a: \"x\n").startsWith("f:2: not valid YAML: "));
    assertTrue(refusal("\ta: 1\n").startsWith("f:1: not valid YAML: "));
  }

  @Test
  void aSecondDocumentIsRefused() {
    assertEquals("f:2: one document, found a second one", refusal("a: 1\n---\nb: 2\n"));
  }

  @Test
  void controlCharactersAreRefused() {
    assertTrue(refusal("a: \u0000\n").contains("not valid YAML"));
  }

  @Test
  void nothingIsNull() {
    assertNull(YamlReader.read("f", true, "# only a comment\n"));
  }
}
