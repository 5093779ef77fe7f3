package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.http.StatusPage;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.TrafficCounts;
import io.steelyard.http.affinity.ClientAffinity;
import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.Reasons;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.route.ProxyPlan;
import io.steelyard.http.route.Route;
import io.steelyard.http.route.Verdict;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.realip.address.Endpoint;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: finds the route, and answers by itself or has a {@link Forwarding} get the answer from a server. Owned by its
 * client's loop.
 */
final class Exchange {
    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
    private static final int CLIENT_LEFT = 499;
    private static final int CLOSE_AT_ONCE = 444;

    private final ClientSide client;
    private final HttpPlan plan;
    private final RequestHead request;
    private final BodyFraming framing;
    private final RequestFacts facts;
    private final Progress progress;
    private final Evaluation evaluation;
    private final Routing routing;
    private final FieldBlock answerFields;
    private ClientIdentity who;
    private @Nullable Forwarding forwarding;
    private @Nullable Admission admission;
    private @Nullable Delay delay;
    private @Nullable ServerPool affinityPool;
    private @Nullable ClientAffinity affinity;
    private boolean isInErrorPage;
    private @Nullable RequestBody keptBody;
    private boolean isDenied;

    /** The status that the rules about a server's answer gave it; 0 for its own. */
    private int changedStatus;

    private boolean isComplete;
    private boolean isOver;
    private long bodyBytes;

    Exchange(ClientSide client, HttpPlan plan, RequestHead request, BodyFraming framing) {
        this.client = client;
        this.plan = plan;
        this.request = request;
        this.framing = framing;
        facts = new RequestFacts(client.facts(), request, client.requestNumber(), client.notes());
        facts.tracking(new RequestTracking(plan.stickTables(), client.tracked()));
        facts.facts(new RequestView(this));
        progress = new Progress(client.readyNs(), client.requestStartNs(), client.nowNs());
        evaluation = plan.variables().open(facts);
        routing = new Routing(plan.service(), facts, evaluation);
        client.facts().time(Instant.now(), 0);
        who = ClientIdentity.ofPeer(client.address(), client.clientPort());
        who.tell(client.facts());
        facts.connection((client.nowNs() - client.openedNs()) / 1_000_000, client.isPipelined());
        answerFields = client.answerFields();
        answerFields.clear();
        plan.traffic().requestBegan(client.nowNs());
    }

    // ---- what it is about

    ClientSide client() {
        return client;
    }

    HttpPlan plan() {
        return plan;
    }

    RequestHead request() {
        return request;
    }

    BodyFraming framing() {
        return framing;
    }

    /** The method servers are asked with: an error page that is a path of the site is got, whatever the request did. */
    Method method() {
        var changed = facts.changedMethod();
        if (changed != null) {
            return Method.named(changed);
        }
        return sendsBody() || request.method() == Method.HEAD ? request.method() : Method.GET;
    }

    /** Whether servers are sent the request's body. */
    boolean sendsBody() {
        return !isInErrorPage || routing.route().configured().match() instanceof PathMatch.Named;
    }

    RequestFacts facts() {
        return facts;
    }

    Progress progress() {
        return progress;
    }

    /** Who the client is. */
    ClientIdentity who() {
        return who;
    }

    /** Whether its site has HAProxy's habits. */
    boolean isHaproxy() {
        return routing.site().host().client().personality() == Personality.HAPROXY;
    }

    Evaluation evaluation() {
        return evaluation;
    }

    Routing routing() {
        return routing;
    }

    boolean isOn(String pool, String serverId) {
        return forwarding != null && forwarding.isOn(pool, serverId);
    }

    /** The server it is on is to be left. */
    void serverGone(Forwarder.Ending why) {
        if (forwarding != null) {
            forwarding.serverGone(why == Forwarder.Ending.SERVER_DOWN ? "D" : "U");
        }
    }

    /** How many bytes of the request wait in memory for its server. */
    long keptBytes() {
        return forwarding == null ? 0 : forwarding.keptBytes();
    }

    // ---- routing

    void begin() {
        routing.bodyBytes(framing.length());
        routing.findSite(request.host());
        if (!believes(routing.route())) {
            client.stopReading();
            replyError(400);
            return;
        }
        int refusal = TlsGate.refusal(client.tls(), plan.tls(), routing.site(), request.host());
        if (refusal == 0) {
            act(routing.start());
        } else {
            client.stopReading();
            replyError(refusal);
        }
    }

    /**
     * Answers a request that could not be read.
     *
     * @param line its first line, as far as it came
     * @param isLine whether that line could be read
     */
    void reject(int status, String line, boolean isLine) {
        facts.unread(line, isLine);
        reject(status);
    }

    /** The client left before its request's head was complete. */
    void abandon(String line, boolean isLine) {
        facts.unread(line, isLine);
        routing.useFallback();
        progress.termination("CR");
        progress.unread();
        facts.status(400);
        client.drop();
    }

    /** Answers a request that could not be read. */
    void reject(int status) {
        plan.faults().count(status == 408 ? Fault.SLOW_HEADER : Fault.MALFORMED_REQUEST);
        routing.useFallback();
        progress.termination(status == 408 ? "cR" : "PR");
        progress.unread();
        if (status != 408) {
            facts.tracking().refused();
        }
        // HAProxy has one answer for all that cannot be read.
        replyError(isHaproxy() && status != 408 ? 400 : status);
    }

    /** Takes the word of a trusted peer about the client, once. @return false where it is such that the request is refused */
    private boolean believes(Route route) {
        if (!who.isTold()) {
            var told = who.believing(
                    route.clientTrust(), request.fields(), facts.connection().toldClient());
            if (told == null) {
                return false;
            }
            who = told;
            who.tell(facts.connection());
        }
        return true;
    }

    private void act(Routing.Decision decision) {
        switch (decision) {
            case Routing.Decision.Serve serve -> serve(routing.route());
            case Routing.Decision.Error error -> replyError(error.status());
            case Routing.Decision.Redirect redirect -> redirect(redirect.status(), redirect.place());
            case Routing.Decision.Reply reply -> reply(reply.status(), reply.type(), reply.text());
            case Routing.Decision.Fail fail -> fail(fail.configured());
            case Routing.Decision.Respond respond -> {
                progress.termination("LR");
                respond(respond.verdict());
            }
        }
    }

    private void fail(HttpAction.Fail fail) {
        if (fail.status() >= 400 && fail.status() != 503) {
            facts.tracking().refused();
        }
        // 503 says that there is no server, whoever says it.
        progress.termination(fail.status() == 503 ? "SC" : fail.delay().isZero() ? "PR" : "PT");
        if (fail.delay().isZero()) {
            replyError(fail.status());
        } else {
            delay = new Delay(
                    client.worker().loop().timers(),
                    client.nowNs() + fail.delay().toNanos(),
                    () -> replyError(fail.status()));
        }
    }

    private void respond(Verdict.Respond verdict) {
        answerFields.clear();
        facts.status(verdict.status());
        FieldEdits.apply(verdict.fields(), verdict.status(), answerFields, evaluation);
        sendPlain(verdict.status(), reason(verdict.status()), evaluation.raw(verdict.body()));
    }

    private String reason(int status) {
        return isHaproxy() ? HaproxyPages.reason(status) : Reasons.text(status);
    }

    private void serve(Route route) {
        var configured = route.configured();
        if (!believes(route)) {
            replyError(400);
        } else if (configured.mostBodyBytes() > 0 && framing.length() > configured.mostBodyBytes()) {
            replyError(413);
        } else if (!configured.rateLimits().isEmpty() || !configured.limits().isEmpty()) {
            if (admission == null) {
                admission = new Admission(this);
            }
            admission.enter(route);
        } else {
            admitted(route);
        }
    }

    /** The limits let the request in. */
    void admitted(Route route) {
        var configured = route.configured();
        if (!route.admits(who.address())) {
            replyError(403);
        } else {
            switch (configured.content()) {
                case Content.NotFound nothing -> replyError(404);
                case Content.Reply reply -> {
                    var text = route.text();
                    reply(reply.status(), reply.contentType(), text == null ? "" : evaluation.raw(text));
                }
                case Content.RedirectToPool redirect -> PoolRedirection.serve(this, redirect);
                case Content.Health health -> {
                    var found = PoolHealth.of(plan.pools());
                    reply(found.isWell() ? 200 : 503, "text/plain", found.text());
                }
                case Content.Counts counts -> reply(200, "text/plain", Counts.text(plan.counts()));
                case Content.Page page -> show(page);
                case HttpProxy toServer -> forward(route.proxy());
            }
        }
    }

    /** Has a page written, on a thread of its own. */
    private void show(Content.Page page) {
        progress.termination("LR");
        var target = request.target();
        var writer = plan.page(page);
        var loop = client.worker().loop().loop();
        plan.look((configuration, status) -> Thread.ofVirtual().start(() -> {
            StatusPage.Document document;
            try {
                document = writer.document(target, configuration, status);
            } catch (RuntimeException failed) {
                LOG.log(System.Logger.Level.WARNING, "the page " + page.page() + " failed", failed);
                document = new StatusPage.Document(500, Map.of(), "");
            }
            var written = document;
            loop.execute(() -> {
                if (!isOver) {
                    show(written);
                }
            });
        }));
    }

    private void show(StatusPage.Document document) {
        answerFields.clear();
        new TreeMap<>(document.fields()).forEach((name, value) -> answerFields.add(FieldName.of(name), value));
        var bytes = document.text().getBytes(StandardCharsets.UTF_8);
        sendPlain(document.status(), reason(document.status()), new String(bytes, StandardCharsets.ISO_8859_1));
        client.flush();
    }

    /** Has a server answer. */
    void forward(@Nullable ProxyPlan to) {
        if (to == null) {
            throw new IllegalStateException("a route to a server has no plan for it");
        }
        facts.asks();
        var started = new Forwarding(this, to);
        forwarding = started;
        started.begin();
    }

    // ---- answers of our own

    /** Answers with an error, or with the page that stands for it. */
    void replyError(int status) {
        if (status == CLOSE_AT_ONCE) {
            facts.status(status);
            client.drop();
            return;
        }
        if (!isHaproxy() && endsConnection(status)) {
            client.stopReading();
        }
        if (isInErrorPage) {
            // What a page's own failure is told by is its status, as with nginx.
            routing.showOwnStatus();
        }
        var page = errorPage(status);
        var own = routing.route().answer(status);
        if (page.isPresent()) {
            show(page.get(), status);
        } else if (own != null) {
            answerFields.clear();
            int shown = own.configured().shown();
            facts.status(shown);
            FieldEdits.apply(own.fields(), shown, answerFields, evaluation);
            var reason = own.configured().reason();
            sendPlain(shown, reason.isEmpty() ? reason(shown) : reason, evaluation.raw(own.body()));
        } else if (isHaproxy()) {
            answerFields.clear();
            answerFields.add(FieldName.CACHE_CONTROL, "no-cache");
            answerFields.add(FieldName.CONTENT_TYPE, "text/html");
            sendPlain(status, reason(status), HaproxyPages.page(status));
        } else {
            answerFields.clear();
            send(OwnAnswers.shown(routing.shownStatus(status)), "text/html", OwnAnswers.page(status));
        }
    }

    /** After these nothing more of the connection is read (nginx). */
    private static boolean endsConnection(int status) {
        return status == 400 || status == 413 || status == 414 || status == 500 || status == 501;
    }

    /** The page for a status; empty where there is none, or where it is a page that went wrong. */
    Optional<Route.Page> errorPage(int status) {
        return isInErrorPage ? Optional.empty() : routing.route().errorPage(status);
    }

    /** Whether a server's answer of this status is not passed on, for there is a page for it; be it that this has been shown already. */
    boolean isIntercepted(int status) {
        return routing.route().errorPage(status).isPresent();
    }

    /** Shows a page instead of what came so far. */
    void show(Route.Page page, int status) {
        isInErrorPage = true;
        if (!isHaproxy() && endsConnection(status)) {
            client.stopReading();
        }
        var over = forwarding;
        forwarding = null;
        var next = routing.errorPage(page, status);
        if (over != null) {
            keptBody = sendsBody() ? over.giveBody() : null;
            over.dropBody();
        }
        if (!sendsBody() && request.method() != Method.HEAD) {
            facts.got();
        }
        facts.proxyHost("", false);
        act(next);
    }

    /** The request's body, where it was read for a server whose answer is not used; the caller's then. */
    @Nullable
    RequestBody takeBody() {
        var body = keptBody;
        keptBody = null;
        return body;
    }

    /** The client, as a server is told it. */
    Endpoint clientEnd() {
        return Endpoint.of(who.address(), who.port());
    }

    /** What the client spoke to, as a server is told it. */
    Endpoint destinationEnd() {
        var flow = client.worker().loop().flow().clear();
        client.fillDestination(flow);
        return Endpoint.of(flow.destinationHigh(), flow.destinationLow(), flow.destinationPort());
    }

    /** What is known of the request, for a pool to pick a server by; the loop's own. */
    Flow flow(Balancer pool) {
        var flow = client.worker().loop().flow().clear();
        flow.client(who.address(), who.port());
        client.fillDestination(flow);
        var key = plan.hashKey(pool.pool().name());
        if (key != null) {
            evaluation.fillKey(key, flow);
        }
        return flow.priority(routing.priorityClass(), routing.priorityOffsetMs());
    }

    /** How the client comes back to a server of this pool; null where it does not. */
    @Nullable
    ClientAffinity affinity(ServerPool pool) {
        if (pool != affinityPool) {
            affinityPool = pool;
            var rules = plan.affinity(pool);
            affinity = rules == null
                    ? null
                    : rules.open(request.fields(), evaluation, Instant.now().getEpochSecond(), client.nowNs());
        }
        return affinity;
    }

    /** What became of the cookies that bring the client back, in two letters of HAProxy's log. */
    String persistence() {
        var known = affinity;
        return known == null ? "--" : known.letters(progress.server());
    }

    /** An answer of our own with {@link #answerFields}; HAProxy's have no body then. */
    void answer(int status) {
        if (isHaproxy() && OwnAnswers.isRedirect(status)) {
            progress.termination("LR");
            client.stopReading();
            sendPlain(status, reason(status), "");
            return;
        }
        send(status, "text/html", OwnAnswers.page(status));
    }

    private void redirect(int status, String place) {
        answerFields.clear();
        answerFields.add(
                FieldName.LOCATION,
                OwnAnswers.location(place, routing.route().configured().redirections(), facts));
        send(status, "text/html", OwnAnswers.page(status));
    }

    private void reply(int status, String type, String text) {
        if (OwnAnswers.isRedirect(status) && !text.isEmpty()) {
            redirect(status, text);
        } else if (text.isEmpty() && status >= 300) {
            replyError(status);
        } else {
            answerFields.clear();
            send(routing.shownStatus(status), type, text);
        }
    }

    /** @param text each character one byte */
    private void send(int status, String type, String text) {
        facts.status(status);
        if (status == CLOSE_AT_ONCE) {
            client.drop();
            return;
        }
        boolean hasBody = status != 204 && status != 304;
        if (hasBody) {
            answerFields.add(FieldName.CONTENT_TYPE, type);
        }
        sendPlain(status, Reasons.text(status), text);
    }

    /** Answers with {@link #answerFields}. @param text each character one byte */
    private void sendPlain(int status, String reason, String text) {
        facts.status(status);
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        boolean hasBody = status != 204 && status != 304;
        beginAnswer(status, reason, hasBody ? bytes.length : -1);
        client.sendBody(MemorySegment.ofArray(bytes), 0, bytes.length);
        complete();
    }

    /**
     * Runs the rules about a server's answer, whose fields are in {@link #answerFields}.
     *
     * @return sends what a rule answers in its place, once the server was given back; empty where the answer is passed on
     */
    Optional<Runnable> refusal(int status) {
        if (!isDenied) {
            facts.tracking().answered(status);
        }
        var rules = routing.route().responseRules();
        if (rules.isEmpty() || isDenied) {
            return Optional.empty();
        }
        facts.status(status);
        return switch (rules.run(new AnswerTarget(facts, answerFields), evaluation)) {
            case Verdict.Fail fail ->
                Optional.of(() -> {
                    isDenied = true;
                    progress.termination("PH");
                    replyError(fail.configured().status());
                });
            case Verdict.Respond respond ->
                Optional.of(() -> {
                    isDenied = true;
                    progress.termination("LH");
                    respond(respond);
                });
            default -> {
                changedStatus = facts.status() == status ? 0 : facts.status();
                yield Optional.empty();
            }
        };
    }

    // ---- the answer

    /** The fields of the answer, filled before it begins. */
    FieldBlock answerFields() {
        return answerFields;
    }

    /** Begins the answer with {@link #answerFields} and what every answer has. */
    void beginAnswer(int status, String reason, long length) {
        int shown = changedStatus == 0 ? routing.shownStatus(status) : changedStatus;
        changedStatus = 0;
        completeFields(shown);
        if (facts.status() != shown) {
            shown = facts.status();
        }
        var phrase = facts.reason();
        if (phrase == null) {
            phrase = shown == status ? reason : reason(shown);
        }
        client.beginAnswer(shown, phrase, answerFields, length);
        facts.framed(
                client.keepsConnection() ? "keep-alive" : "close",
                client.isAnswerChunked(),
                shown == 204 || client.isAnswerChunked() ? -1 : length);
    }

    /** Passes on that the server switches protocols. */
    void beginTunnel(String reason) {
        completeFields(101);
        client.beginTunnel(reason, answerFields);
        facts.framed("upgrade", false, -1);
    }

    /** The answer is out. */
    void complete() {
        isComplete = true;
        client.endAnswer();
    }

    private void completeFields(int status) {
        var serverField = routing.site().host().client().serverField();
        if (!serverField.isEmpty() && !answerFields.contains(FieldName.SERVER)) {
            answerFields.add(FieldName.SERVER, serverField);
        }
        if (!isHaproxy() && !answerFields.contains(FieldName.DATE)) {
            answerFields.add(FieldName.DATE, client.worker().date());
        }
        FieldEdits.apply(routing.route().responseFields(), status, answerFields, evaluation);
        facts.sent(status, answerFields);
        var rules = routing.route().answerRules();
        if (!rules.isEmpty()) {
            rules.run(new AnswerTarget(facts, answerFields), evaluation);
        }
    }

    // ---- what the client does

    /** Whether the client's bytes can be taken now. */
    boolean wantsBody() {
        return forwarding != null && forwarding.wantsBody();
    }

    void onBody(MemorySegment from, int offset, int count) {
        bodyBytes += count;
        long most = routing.route().configured().mostBodyBytes();
        if (forwarding == null) {
            return;
        }
        if (most > 0 && bodyBytes > most && !forwarding.isTunnel()) {
            bodyFailed(413);
        } else {
            forwarding.onBody(from, offset, count);
        }
    }

    void onBodyEnd() {
        facts.bodyBytes(bodyBytes);
        if (forwarding != null) {
            forwarding.onBodyEnd();
        }
    }

    /** The rest of the request cannot be understood, or does not come. */
    void bodyFailed(int status) {
        if (status == 400 || status == 408) {
            plan.faults().count(status == 408 ? Fault.SLOW_BODY : Fault.MALFORMED_REQUEST);
        }
        if (forwarding != null) {
            forwarding.cancel();
        }
        client.stopReading();
        progress.termination(status == 408 ? "cD" : status == 500 ? "ID" : "PD");
        if (client.hasAnswerBegun()) {
            facts.status(status);
            client.breakAnswer();
        } else {
            replyError(status);
        }
    }

    void clientHasRoom() {
        if (forwarding != null) {
            forwarding.clientHasRoom();
        }
    }

    /** The client ended its side of a tunnel. */
    void clientEnded() {
        if (forwarding != null) {
            forwarding.finishTunnel();
        }
    }

    /** The client left before its answer was complete. */
    void clientGone() {
        if (isOver) {
            return;
        }
        progress.termination(forwarding == null ? "CR" : "C" + forwarding.phase());
        if (forwarding != null) {
            forwarding.cancel();
        }
        if (!client.hasAnswerBegun()) {
            facts.status(CLIENT_LEFT);
        }
        end();
    }

    /** It is over: writes its log lines and gives back what it held. Calls after the first do nothing. */
    void end() {
        if (isOver) {
            return;
        }
        isOver = true;
        if (forwarding != null) {
            forwarding.end();
        }
        var unused = takeBody();
        if (unused != null) {
            unused.close();
        }
        if (admission != null) {
            admission.end();
        }
        if (delay != null) {
            delay.cancel();
        }
        progress.ended(client.nowNs());
        count(plan.traffic());
        var ofServer = progress.traffic();
        if (ofServer != null) {
            count(ofServer);
        }
        log();
        facts.tracking().end(client.requestBytes(), client.answerHeadBytes() + client.answerBodyBytes());
    }

    private void count(TrafficCounts traffic) {
        traffic.transferred(client.requestBytes(), client.answerHeadBytes() + client.answerBodyBytes());
        traffic.answered(facts.status());
    }

    private void log() {
        var logs = routing.route().logs();
        if (logs.isEmpty()) {
            return;
        }
        if (framing.kind() == BodyFraming.Kind.CHUNKED) {
            facts.bodyDropped();
        }
        long elapsedMs = (client.nowNs() - client.requestStartNs()) / 1_000_000;
        client.facts().time(Instant.now(), elapsedMs);
        facts.connection((client.nowNs() - client.openedNs()) / 1_000_000, client.isPipelined());
        facts.ended(
                client.requestBytes(),
                client.answerHeadBytes() + client.answerBodyBytes(),
                client.answerBodyBytes(),
                elapsedMs,
                isComplete);
        for (var log : logs) {
            if (log.line().isWanted(evaluation)) {
                plan.logs().write(log.configured(), log.line().bytes(evaluation));
            }
        }
    }
}
