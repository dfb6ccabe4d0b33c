package io.busbar.samples;

import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/**
 * Counts lines, words, characters and bytes of UTF-8 text while it arrives: answers with NDJSON,
 * one line of the counts so far per piece of text, the last one with {@code "done": true}. Words
 * are parted by white space.
 */
public final class WordCount implements WorkerPlugin {
  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of("wordcount", "counts lines, words and bytes as they come");
  }

  @Override
  public Future<?> serve(PluginCall call) {
    call.header("Content-Type", "application/x-ndjson");
    TextCounter counter = new TextCounter();
    ReadStream<Buffer> text = call.request();
    WriteStream<Buffer> counts = call.response();
    Promise<Void> read = Promise.promise();
    text.exceptionHandler(read::tryFail);
    text.endHandler(end -> read.tryComplete());
    text.handler(
        piece -> {
          counter.add(piece.getBytes());
          counts.write(line(counter, false));
          if (counts.writeQueueFull()) {
            text.pause();
            counts.drainHandler(drained -> text.resume());
          }
        });
    text.resume();
    return read.future()
        .compose(
            end -> {
              counter.end();
              return call.end(line(counter, true));
            });
  }

  private static Buffer line(TextCounter counter, boolean done) {
    JsonObject json =
        new JsonObject()
            .put("lines", counter.lines())
            .put("words", counter.words())
            .put("characters", counter.characters())
            .put("bytes", counter.bytes());
    if (done) {
      json.put("done", true);
    }
    return json.toBuffer().appendByte((byte) '\n');
  }
}
