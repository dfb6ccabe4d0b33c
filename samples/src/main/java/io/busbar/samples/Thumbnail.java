package io.busbar.samples;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Scales a PNG or JPEG down to a PNG whose longer side is at most request header {@code X-Max-Size}
 * (1 to 2048, default 128). Never enlarges. Blocks its thread, so it runs on threads of its own.
 */
public final class Thumbnail implements WorkerPlugin {
  private static final int MAX_BYTES = 16 << 20;
  private static final long MAX_PIXELS = 40_000_000;
  private static final Set<String> FORMATS = Set.of("png", "jpeg");

  static {
    ImageIO.setUseCache(false);
  }

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of("thumbnail", "scales a PNG or JPEG down to a PNG");
  }

  @Override
  public Future<?> serve(PluginCall call) {
    int size = maxSize(call.headers().get("X-Max-Size"));
    return call.body(MAX_BYTES)
        .compose(
            body -> call.header("Content-Type", "image/png").end(scale(body.getBytes(), size)));
  }

  private static int maxSize(String header) {
    if (header == null) {
      return 128;
    }
    if (header.matches("[0-9]{1,4}")) {
      int size = Integer.parseInt(header);
      if (size >= 1 && size <= 2048) {
        return size;
      }
    }
    throw refusal(
        FailureCode.INVALID_REQUEST,
        "X-Max-Size: '" + Failure.shorten(header, 40) + "', expected 1 to 2048");
  }

  private static Buffer scale(byte[] body, int maxSize) {
    try (ImageInputStream input = ImageIO.createImageInputStream(new ByteArrayInputStream(body))) {
      ImageReader reader = reader(input);
      try {
        reader.setInput(input, true, true);
        checkPixels(reader.getWidth(0), reader.getHeight(0));
        return png(scaled(reader.read(0), maxSize));
      } finally {
        reader.dispose();
      }
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw refusal(
          FailureCode.UNPROCESSABLE,
          "body: a damaged image (" + e.getMessage() + "), expected a whole PNG or JPEG");
    }
  }

  private static ImageReader reader(ImageInputStream input) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
        return reader;
      }
      reader.dispose();
    }
    throw refusal(FailureCode.UNSUPPORTED_MEDIA, "body: not an image, expected PNG or JPEG");
  }

  /** From the image's header alone: few bytes can stand for a picture that fills the memory. */
  private static void checkPixels(int width, int height) {
    if ((long) width * height > MAX_PIXELS) {
      throw refusal(
          FailureCode.UNPROCESSABLE,
          "body: an image of "
              + width
              + " x "
              + height
              + ", expected at most "
              + MAX_PIXELS
              + " pixels");
    }
  }

  private static BufferedImage scaled(BufferedImage image, int maxSize) {
    double factor = Math.min(1.0, (double) maxSize / Math.max(image.getWidth(), image.getHeight()));
    int width = Math.max(1, (int) Math.round(image.getWidth() * factor));
    int height = Math.max(1, (int) Math.round(image.getHeight() * factor));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }

  private static Buffer png(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return Buffer.buffer(bytes.toByteArray());
  }

  private static FailureException refusal(FailureCode code, String detail) {
    return Failure.of(code, detail).withUser(true).toException();
  }
}
