package io.steelyard.http.proxy;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpProxy.ForwardedPath;
import io.steelyard.http.affinity.ClientAffinity;
import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.h1.ChunkEncoder;
import io.steelyard.http.h1.ConnectionOption;
import io.steelyard.http.h1.HeadWriter;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HeadEdits;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.route.FieldChanges;
import io.steelyard.http.route.ProxyPlan;
import io.steelyard.http.route.UriText;
import io.steelyard.pool.variable.Evaluation;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Writes requests to servers in HTTP/1. One for each loop. */
final class RequestWriter {
    private final HttpWorker worker;
    private final HeadEdits edits = new HeadEdits();
    private final HeadWriter ownCase = new HeadWriter(false);
    private final HeadWriter lowerCase = new HeadWriter(true);

    RequestWriter(HttpWorker worker) {
        this.worker = worker;
    }

    /**
     * What of a request is known when it is sent.
     *
     * @param givenPath what is asked whatever the client asked; null where that follows from the route
     * @param bodyBytes of a body that was read as a whole; -1 where it is still coming
     * @param keeps whether the connection is to be kept
     * @param upgrades whether the server may switch protocols
     * @param affinity what is hidden of the client's cookies; null for nothing
     */
    record Sending(
            Exchange exchange,
            @Nullable String givenPath,
            long bodyBytes,
            boolean keeps,
            boolean upgrades,
            @Nullable ClientAffinity affinity) {
        /** Whether the body's length is not known. */
        boolean isChunked() {
            return bodyBytes < 0 && exchange.framing().kind() == BodyFraming.Kind.CHUNKED;
        }
    }

    /**
     * Sends a request's head.
     *
     * @return 0, or a negative errno where the connection is broken
     */
    int sendHead(ServerConnection to, ProxyPlan plan, Sending sending) {
        edit(plan, sending);
        var framing = sending.exchange().framing();
        var kind = sending.isChunked()
                ? BodyFraming.Kind.CHUNKED
                : sending.bodyBytes() < 0 || sending.bodyBytes() > 0 ? BodyFraming.Kind.LENGTH : BodyFraming.Kind.NONE;
        boolean saysZero =
                sending.exchange().sendsBody() && (framing.kind() != BodyFraming.Kind.NONE || framing.length() == 0);
        long length = kind == BodyFraming.Kind.NONE
                ? (saysZero ? 0 : -1)
                : sending.bodyBytes() < 0 ? framing.length() : sending.bodyBytes();
        boolean isOld = plan.configured().version() == HttpProxy.Version.HTTP_1_0;
        var option = sending.upgrades()
                ? ConnectionOption.UPGRADE
                : (isOld || !sending.keeps()) && !edits.removed().contains(FieldName.CONNECTION)
                        ? ConnectionOption.CLOSE
                        : ConnectionOption.NONE;
        var heads = sending.exchange().isHaproxy() ? lowerCase : ownCase;
        heads.request(
                sending.exchange().request(),
                edits,
                isOld ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1,
                kind,
                length,
                option);
        var stage = worker.stageBytes().clear();
        heads.drainTo(stage);
        return to.send(worker.stage(), 0, stage.position());
    }

    /** Sends a part of a request's body. @return 0, or a negative errno where the connection is broken */
    int sendBody(ServerConnection to, MemorySegment from, long offset, int count, boolean isChunked) {
        if (!isChunked) {
            return to.send(from, offset, count);
        }
        var stage = worker.stageBytes().clear();
        ChunkEncoder.begin(stage, count);
        MemorySegment.copy(from, offset, worker.stage(), stage.position(), count);
        stage.position(stage.position() + count);
        ChunkEncoder.end(stage);
        return to.send(worker.stage(), 0, stage.position());
    }

    /** Sends the end of a chunked body, with fields behind it. @return 0, or a negative errno where the connection is broken */
    int sendLastChunk(ServerConnection to, FieldBlock trailers) {
        var stage = worker.stageBytes().clear();
        ChunkEncoder.last(stage, trailers);
        return to.send(worker.stage(), 0, stage.position());
    }

    private void edit(ProxyPlan plan, Sending sending) {
        edits.clear();
        edits.remove(FieldName.EXPECT);
        if (sending.exchange().method() != sending.exchange().request().method()) {
            edits.method(sending.exchange().method());
        }
        if (!plan.passesTrailers() || plan.configured().version() == HttpProxy.Version.HTTP_1_0) {
            edits.remove(FieldName.TE);
        }
        if (!plan.setsHost()) {
            edits.set(FieldName.HOST, sending.exchange().facts().proxyHost());
        }
        // What the route itself says of the client comes after that and replaces it.
        sending.exchange().client().about().edit(edits, sending.exchange());
        for (var change : plan.requestFields().changes()) {
            edit(change, sending.exchange().evaluation());
        }
        for (var change : sending.exchange().routing().changes()) {
            edit(change, sending.exchange().evaluation());
        }
        var changedMethod = sending.exchange().facts().changedMethod();
        if (changedMethod != null) {
            edits.method(changedMethod);
        }
        var affinity = sending.affinity();
        if (affinity != null) {
            affinity.edit(edits);
        }
        var target = target(plan, sending);
        if (target != null) {
            edits.target(target);
        }
    }

    private void edit(FieldChanges.Change change, Evaluation evaluation) {
        var name = change.name();
        var value = change.kind() == FieldChange.Kind.REMOVE ? "" : evaluation.raw(change.value());
        if (change.kind() == FieldChange.Kind.ADD) {
            if (!value.isEmpty()) {
                edits.add(name, value);
            }
        } else if (value.isEmpty()) {
            edits.remove(name);
        } else {
            edits.set(name, value);
        }
    }

    /** The path and query asked of the server; null where they are those of the client. */
    private static @Nullable String target(ProxyPlan plan, Sending sending) {
        if (sending.givenPath() != null) {
            return sending.givenPath();
        }
        var given = plan.givenPath();
        if (given != null) {
            return sending.exchange().evaluation().raw(given);
        }
        var facts = sending.exchange().facts();
        if (facts.changedTarget() != null) {
            return facts.changedTarget();
        }
        boolean isReplaced = plan.configured().path() instanceof ForwardedPath.PrefixReplaced;
        if (!isReplaced && !sending.exchange().routing().isTargetChanged()) {
            return null;
        }
        var path = facts.path();
        if (plan.configured().path() instanceof ForwardedPath.PrefixReplaced replaced
                && !sending.exchange().routing().hasStayed()) {
            int length = Math.min(sending.exchange().routing().route().prefixLength(), path.length());
            path = replaced.by() + UriText.escape(path.substring(length));
        } else {
            path = UriText.escape(path);
        }
        return facts.query().isEmpty() ? path : path + "?" + facts.query();
    }
}
