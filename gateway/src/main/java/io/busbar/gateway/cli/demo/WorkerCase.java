package io.busbar.gateway.cli.demo;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import javax.imageio.ImageIO;

/**
 * Something real to ask of one sample worker.
 *
 * @param pool which worker
 * @param contentType of the body
 * @param body what is sent
 * @param problem says what is wrong with an answer, null = nothing
 */
record WorkerCase(String pool, String contentType, Buffer body, Function<Buffer, String> problem) {
  private static final int ECHO_BYTES = 200_000;
  private static final int PICTURE = 640;

  static List<WorkerCase> all(boolean withMemberApplication) {
    List<WorkerCase> inNodes = List.of(echo(), thumbnail(), wordCount());
    if (!withMemberApplication) {
      return inNodes;
    }
    return List.of(inNodes.get(0), inNodes.get(1), inNodes.get(2), uppercase());
  }

  private static WorkerCase echo() {
    byte[] bytes = new byte[ECHO_BYTES];
    new Random(1).nextBytes(bytes);
    Buffer body = Buffer.buffer(bytes);
    return new WorkerCase(
        "echo",
        "application/octet-stream",
        body,
        answer -> answer.equals(body) ? null : "echo of " + answer.length() + " bytes differs");
  }

  private static WorkerCase thumbnail() {
    BufferedImage picture = new BufferedImage(PICTURE, PICTURE / 2, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setColor(Color.ORANGE);
    g.fillOval(0, 0, PICTURE, PICTURE / 2);
    g.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new WorkerCase(
        "thumbnail", "image/png", Buffer.buffer(png.toByteArray()), WorkerCase::thumbnailProblem);
  }

  private static String thumbnailProblem(Buffer answer) {
    try {
      BufferedImage small = ImageIO.read(new ByteArrayInputStream(answer.getBytes()));
      if (small == null) {
        return "thumbnail is no picture";
      }
      return small.getWidth() < PICTURE ? null : "thumbnail is " + small.getWidth() + " wide";
    } catch (IOException e) {
      return "thumbnail is broken: " + e.getMessage();
    }
  }

  private static WorkerCase wordCount() {
    String text = "one bus carries many calls and one call ends once\n".repeat(1000);
    int words = text.trim().split("\\s+").length;
    return new WorkerCase(
        "wordcount",
        "text/plain; charset=utf-8",
        Buffer.buffer(text),
        answer -> {
          String[] lines = answer.toString(StandardCharsets.UTF_8).trim().split("\n");
          long counted = new JsonObject(lines[lines.length - 1]).getLong("words", -1L);
          return counted == words ? null : "counted " + counted + " words of " + words;
        });
  }

  private static WorkerCase uppercase() {
    return new WorkerCase(
        "uppercase",
        "text/plain; charset=utf-8",
        Buffer.buffer("busbar"),
        answer -> answer.toString().equals("BUSBAR") ? null : "answered " + answer);
  }
}
