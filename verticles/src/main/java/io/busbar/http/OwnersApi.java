package io.busbar.http;

import io.busbar.channel.Channels;
import io.busbar.channel.Start;
import io.busbar.edge.FrontLane;
import io.busbar.edge.Headers;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.http.ApiRouter.Reply;
import io.busbar.ownership.Claim;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerPage;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership;
import io.busbar.ownership.SessionInfo;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Owners of keys: claim, renew, move, seal, release, read, follow. */
final class OwnersApi {
  private static final int LARGEST_BODY = 16_384;
  private static final int PAGE = 1000;

  private final Ownership ownership;
  private final EventStreams streams;

  OwnersApi(FrontLane front, Ownership ownership, Channels channels) {
    this.ownership = ownership;
    this.streams = new EventStreams(front, channels);
  }

  // ---- reads ----

  Future<Reply> show(RoutingContext context) {
    String key = key(context);
    return ownership
        .get(key)
        .compose(
            record ->
                record == null
                    ? Future.failedFuture(
                        Failure.of(
                                FailureCode.NOT_FOUND,
                                "nobody ever owned key '" + Failure.shorten(key, 80) + "'")
                            .toException())
                    : Future.succeededFuture(reply(context, record)));
  }

  Future<Reply> list(RoutingContext context) {
    HttpServerRequest request = context.request();
    String host = parameter(request, "host");
    String after = parameter(request, "after");
    String limit = parameter(request, "limit");
    long most = limit.isEmpty() ? PAGE : Headers.parseLength(limit);
    if (most < 1 || most > OwnerPage.MOST) {
      throw OwnerBody.invalid(
          "limit is '" + Failure.shorten(limit, 40) + "', expected 1 to " + OwnerPage.MOST);
    }
    return ownership
        .list(host, after, (int) most)
        .map(
            page -> {
              JsonArray owners = new JsonArray();
              page.records().forEach(record -> owners.add(document(record)));
              return Reply.ok(
                  new JsonObject().put("owners", owners).put("more", page.more()).toBuffer());
            });
  }

  private static String parameter(HttpServerRequest request, String name) {
    List<String> values = request.params().getAll(name);
    if (values.size() > 1) {
      throw OwnerBody.invalid(name + " is there " + values.size() + " times, expected once");
    }
    return values.isEmpty() ? "" : values.get(0);
  }

  Future<Reply> watch(RoutingContext context) {
    Start start = ChannelsApi.resume(context.request());
    streams.open(context.request(), Ownership.CHANNEL, start == null ? Start.NOW : start);
    return Future.succeededFuture(Reply.ELSEWHERE);
  }

  // ---- changes ----

  /** Without If-Match a claim; with it, by the body: renew, move, seal, unseal. */
  Future<Reply> put(RoutingContext context) {
    String key = key(context);
    Long epoch = ifMatch(context.request());
    String id = context.request().getHeader("idempotency-key");
    return RequestBody.read(context.request(), LARGEST_BODY)
        .map(OwnerBody::read)
        .compose(body -> epoch == null ? claim(key, body, id) : change(key, epoch, body))
        .compose(OwnerAnswer::orFail)
        .map(record -> reply(context, record));
  }

  private Future<OwnerAnswer> claim(String key, OwnerBody body, String id) {
    if (body.host().isEmpty()) {
      throw OwnerBody.invalid("host is missing, expected who is to own the key");
    } else if (body.state() != null) {
      throw OwnerBody.invalid("state needs If-Match with the key's epoch");
    }
    return ownership.claim(
        Claim.of(key, holder(body, true))
            .withTtl(body.ttlMillis())
            .withRequestId(OwnerBody.requestId(id)));
  }

  private Future<OwnerAnswer> change(String key, long epoch, OwnerBody body) {
    if ("sealed".equals(body.state())) {
      return ownership.seal(key, epoch, body.target());
    } else if ("owned".equals(body.state())) {
      return ownership.unseal(key, epoch);
    } else if (body.host().isEmpty() && body.ttlMillis() < 0) {
      return ownership.renew(key, epoch);
    }
    return ownership
        .check(key, epoch)
        .compose(
            now -> {
              boolean same =
                  now.isDone()
                      && (body.host().isEmpty() || now.record().owner().equals(body.host()))
                      && (body.incarnation() < 0
                          || body.incarnation() == now.record().holder().incarnation());
              if (!now.isDone()) {
                return Future.succeededFuture(now);
              }
              return same
                  ? renew(key, epoch, now.record().holder(), body)
                  : ownership.move(key, epoch, holder(body, false));
            });
  }

  private Future<OwnerAnswer> renew(String key, long epoch, Holder holder, OwnerBody body) {
    boolean node = holder.equals(ownership.lease().session());
    return body.ttlMillis() < 0 || node
        ? ownership.renew(key, epoch)
        : ownership
            .renewSession(holder, body.ttlMillis())
            .compose(alive -> ownership.renew(key, epoch));
  }

  /** Without an incarnation: the host's open session, or a new one. */
  private Holder holder(OwnerBody body, boolean begin) {
    if (body.incarnation() >= 0) {
      return new Holder(body.host(), body.incarnation());
    }
    Holder open = ownership.openSession(body.host());
    if (open == null && !begin) {
      throw OwnerBody.invalid(
          "host '"
              + Failure.shorten(body.host(), 80)
              + "' has no open session, expected a host that owns a key, or its incarnation");
    }
    return open != null ? open : new Holder(body.host(), System.currentTimeMillis());
  }

  Future<Reply> release(RoutingContext context) {
    Long epoch = ifMatch(context.request());
    if (epoch == null) {
      throw OwnerBody.invalid("If-Match is missing, expected the key's epoch");
    }
    return ownership
        .release(key(context), epoch)
        .compose(OwnerAnswer::orFail)
        .map(record -> reply(context, record));
  }

  // ---- parts ----

  private static String key(RoutingContext context) {
    return context.pathParam("key");
  }

  /** Null = none. */
  private static Long ifMatch(HttpServerRequest request) {
    String text = request.getHeader("if-match");
    if (text == null) {
      return null;
    }
    boolean quoted = text.length() > 2 && text.startsWith("\"") && text.endsWith("\"");
    long epoch = Headers.parseLength(quoted ? text.substring(1, text.length() - 1) : text);
    if (epoch < 0) {
      throw OwnerBody.invalid(
          "If-Match is '" + Failure.shorten(text, 40) + "', expected the key's epoch");
    }
    return epoch;
  }

  private Reply reply(RoutingContext context, OwnerRecord record) {
    context.response().putHeader("etag", "\"" + record.epoch() + "\"");
    return Reply.ok(document(record).toBuffer());
  }

  private JsonObject document(OwnerRecord record) {
    JsonObject json =
        new JsonObject()
            .put("key", record.key())
            .put("state", record.state().name().toLowerCase(Locale.ROOT))
            .put("host", record.owner())
            .put("epoch", record.epoch());
    if (record.isHeld()) {
      json.put("incarnation", record.holder().incarnation()).put("expires", expires(record));
    }
    if (!record.target().isEmpty()) {
      json.put("target", record.target());
    }
    if (record.reservation() != null) {
      json.put("reserved_for", record.reservation().holder().host())
          .put("reserved_until", Instant.ofEpochMilli(record.reservation().until()).toString());
    }
    return json.put("changed", Instant.ofEpochMilli(record.changed()).toString());
  }

  /**
   * About when the holder's lease lapses if nobody renews it; of a session that is over, when it
   * ended; null = it does not lapse, or not known.
   */
  private String expires(OwnerRecord record) {
    SessionInfo session = ownership.session(record.holder());
    if (session == null || (session.remainingMillis() < 0 && !session.ended())) {
      return null;
    }
    long at =
        session.ended()
            ? session.changed()
            : System.currentTimeMillis() + session.remainingMillis();
    return Instant.ofEpochMilli(at).toString();
  }
}
