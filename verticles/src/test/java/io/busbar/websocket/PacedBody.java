package io.busbar.websocket;

import io.busbar.juniper.BinaryFrame;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Flow;

/** A multipart body of a known length that goes out as far as the test says. */
final class PacedBody {
  static final String TYPE = "multipart/form-data; boundary=xyz";
  private static final int PIECE = 16 << 10;

  private final byte[] bytes;
  private final Queue<Flow.Subscriber<? super ByteBuffer>> subscribers = new ArrayDeque<>();
  private int allowed;
  private int sent;
  private long demand;
  private boolean broken;

  private PacedBody(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param task JSON without tensors
   * @param tensors in the order of the parts
   */
  static PacedBody of(String task, Map<String, BinaryFrame> tensors) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    part(body, "task", task.getBytes(StandardCharsets.UTF_8));
    tensors.forEach((name, tensor) -> part(body, name, tensor.encode().array()));
    body.writeBytes("\r\n--xyz--\r\n".getBytes(StandardCharsets.US_ASCII));
    return new PacedBody(body.toByteArray());
  }

  private static void part(ByteArrayOutputStream body, String name, byte[] content) {
    String head = "\r\n--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n";
    body.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(content);
  }

  /** Changes the boundary in front of a part. */
  void spoilPart(String name) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.lastIndexOf("--xyz", text.indexOf("name=\"" + name + "\""));
    bytes[at] ^= 0x55;
  }

  HttpRequest.BodyPublisher publisher() {
    return HttpRequest.BodyPublishers.fromPublisher(this::subscribe, bytes.length);
  }

  /** The body without its length. */
  HttpRequest.BodyPublisher unannounced() {
    return HttpRequest.BodyPublishers.fromPublisher(this::subscribe);
  }

  private synchronized void subscribe(Flow.Subscriber<? super ByteBuffer> to) {
    subscribers.add(to);
    to.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {
            synchronized (PacedBody.this) {
              demand += n;
            }
            go();
          }

          @Override
          public void cancel() {
            synchronized (PacedBody.this) {
              broken = true;
            }
          }
        });
  }

  /** Sends up to that byte, as far as it is taken. */
  PacedBody upTo(int end) {
    synchronized (this) {
      allowed = end;
    }
    go();
    return this;
  }

  PacedBody all() {
    return upTo(bytes.length);
  }

  /** Bytes that the connection took. */
  synchronized int sent() {
    return sent;
  }

  private void go() {
    while (true) {
      Flow.Subscriber<? super ByteBuffer> to;
      ByteBuffer piece = null;
      synchronized (this) {
        to = subscribers.peek();
        if (to == null || broken) {
          return;
        }
        if (sent == bytes.length) {
          subscribers.remove();
        } else if (demand == 0 || sent >= allowed) {
          return;
        } else {
          int size = Math.min(PIECE, allowed - sent);
          piece = ByteBuffer.wrap(bytes, sent, size).slice();
          sent += size;
          demand--;
        }
      }
      if (piece == null) {
        to.onComplete();
        return;
      }
      to.onNext(piece);
    }
  }
}
