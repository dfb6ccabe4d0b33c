package io.busbar.samples;

import static io.busbar.plugin.host.HostStage.await;
import static io.busbar.plugin.host.HostStage.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.plugin.host.FakeServedCall;
import io.busbar.plugin.host.HostStage;
import io.vertx.core.buffer.Buffer;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThumbnailTest {
  private final HostStage stage = HostStage.with(Thumbnail::new);

  @AfterEach
  void close() {
    stage.close();
  }

  private static Buffer image(int width, int height, String format) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.RED);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, format, bytes);
    return Buffer.buffer(bytes.toByteArray());
  }

  private static BufferedImage answer(FakeServedCall call) throws IOException {
    assertNull(failureOf(call));
    assertEquals("image/png", await(call.head.future()).getHeaders(0).getValue());
    assertEquals(0x89, call.body().getByte(0) & 0xff);
    return ImageIO.read(new ByteArrayInputStream(call.body().getBytes()));
  }

  @ParameterizedTest
  @CsvSource({"png,400,200,128,64", "jpg,300,600,64,128", "png,50,20,50,20", "png,5000,1,128,1"})
  void scalesDownToThePreset(String format, int width, int height, int newWidth, int newHeight)
      throws IOException {
    BufferedImage small = answer(stage.call().sends(image(width, height, format)));
    assertEquals(newWidth, small.getWidth());
    assertEquals(newHeight, small.getHeight());
    Color middle = new Color(small.getRGB(newWidth / 2, newHeight / 2));
    assertTrue(middle.getRed() > 240 && middle.getGreen() < 15 && middle.getBlue() < 15);
  }

  @Test
  void scalesToTheSizeAskedFor() throws IOException {
    BufferedImage small = answer(stage.call("X-Max-Size", "10").sends(image(100, 50, "png")));
    assertEquals(10, small.getWidth());
    assertEquals(5, small.getHeight());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "2049", "big", "-3", "1e3"})
  void aSizeThatIsNoneIsRefused(String size) {
    Failure failure = failureOf(stage.call("X-Max-Size", size));
    assertEquals(FailureCode.INVALID_REQUEST, failure.code());
    assertEquals("X-Max-Size: '" + size + "', expected 1 to 2048", failure.detail());
  }

  @Test
  void whatIsNoImageIsUnsupported() {
    Failure failure = failureOf(stage.call().sends("GIF89a? no: just text"));
    assertEquals(FailureCode.UNSUPPORTED_MEDIA, failure.code());
    assertEquals("body: not an image, expected PNG or JPEG", failure.detail());
  }

  @Test
  void anotherImageFormatIsUnsupported() throws IOException {
    Failure failure = failureOf(stage.call().sends(image(10, 10, "gif")));
    assertEquals(FailureCode.UNSUPPORTED_MEDIA, failure.code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void aCutImageIsUnprocessable(String format) throws IOException {
    Buffer whole = image(300, 300, format);
    Failure failure = failureOf(stage.call().sends(whole.slice(0, 60)));
    assertEquals(FailureCode.UNPROCESSABLE, failure.code());
    assertTrue(failure.detail().startsWith("body: a damaged image"), failure.detail());
  }

  @Test
  void anImageThatWouldFillTheMemoryIsRefusedByItsHeader() throws IOException {
    Buffer small = image(10, 10, "png").copy();
    // Width and height stand at 16 and 20 of a PNG; their checksum at 29.
    small.setInt(16, 100_000).setInt(20, 100_000);
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(small.getBytes(12, 29));
    small.setInt(29, (int) crc.getValue());
    Failure failure = failureOf(stage.call().sends(small));
    assertEquals(FailureCode.UNPROCESSABLE, failure.code());
    assertEquals(
        "body: an image of 100000 x 100000, expected at most 40000000 pixels", failure.detail());
  }

  @Test
  void aBodyBeyondTheLimitIsTooLarge() {
    Buffer mebibyte = Buffer.buffer(new byte[1 << 20]);
    Buffer[] pieces = new Buffer[17];
    java.util.Arrays.fill(pieces, mebibyte);
    assertEquals(FailureCode.TOO_LARGE, failureOf(stage.call().sends(pieces)).code());
  }

  @Test
  void servesOnAfterARefusal() throws IOException {
    failureOf(stage.call().sends("garbage"));
    assertEquals(20, answer(stage.call().sends(image(20, 20, "png"))).getWidth());
  }
}
