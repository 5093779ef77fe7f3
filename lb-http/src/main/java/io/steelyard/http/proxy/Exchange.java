package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.api.schedule.TrafficCounts;
import io.steelyard.http.affinity.ClientAffinity;
import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.Reasons;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.route.ProxyPlan;
import io.steelyard.http.route.Route;
import io.steelyard.pool.variable.Evaluation;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: finds the route, and answers by itself or has a {@link Forwarding} get the answer from a server. Owned by its
 * client's loop.
 */
final class Exchange {
    private static final int CLIENT_LEFT = 499;

    private final ClientSide client;
    private final HttpPlan plan;
    private final RequestHead request;
    private final BodyFraming framing;
    private final RequestFacts facts;
    private final Progress progress;
    private final Evaluation evaluation;
    private final Routing routing;
    private final ClientAnswer answer;
    private final long id;
    private ClientIdentity who;
    private @Nullable Forwarding forwarding;
    private @Nullable Admission admission;
    private @Nullable Delay delay;
    private @Nullable ServerPool affinityPool;
    private @Nullable ClientAffinity affinity;
    private @Nullable FileAnswer file;
    private boolean isInErrorPage;
    private boolean isLastErrorPage;
    private @Nullable RequestBody keptBody;
    private @Nullable Upload upload;
    private boolean isOver;
    private long bodyBytes;

    Exchange(ClientSide client, HttpPlan plan, RequestHead request, BodyFraming framing) {
        this.client = client;
        this.plan = plan;
        this.request = request;
        this.framing = framing;
        id = client.worker().loop().newFlowId();
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
        answer = new ClientAnswer(this, client, facts);
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

    /** Its client, as an operator sees it. */
    String clientText() {
        return OpenFlow.clientText(who.address(), who.port());
    }

    /** As an operator sees it. */
    OpenFlow flow() {
        return new OpenFlow(
                id,
                plan.server().name(),
                clientText(),
                progress.pool(),
                progress.server(),
                Duration.ofNanos(Math.max(0, client.nowNs() - client.requestStartNs())));
    }

    /** No other flow has it. */
    long id() {
        return id;
    }

    /** Ends it at once, without the rest of its answer. */
    void cut() {
        progress.termination("K" + (forwarding == null ? "R" : forwarding.phase()));
        client.reset();
    }

    /** Ends it as an operator wants it: like one whose server is gone where it has one. */
    void kill() {
        if (forwarding == null || progress.server().isEmpty()) {
            cut();
        } else {
            serverGone(Forwarder.Ending.KILLED);
        }
    }

    /** The server it is on is to be left. */
    void serverGone(Forwarder.Ending why) {
        if (forwarding != null) {
            forwarding.serverGone(why);
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
            case Routing.Decision.Redirect redirect -> OwnReply.redirect(this, redirect.status(), redirect.place());
            case Routing.Decision.Reply reply -> OwnReply.text(this, reply.status(), reply.type(), reply.text());
            case Routing.Decision.Fail fail -> fail(fail.configured());
            case Routing.Decision.Vanish vanish -> OwnReply.vanish(this);
            case Routing.Decision.Respond respond -> {
                progress.termination("LR");
                OwnReply.respond(this, respond.verdict());
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
        int refusal = AccessCheck.refusal(this, route);
        if (refusal == 0) {
            RouteContent.serve(this, route);
        } else {
            replyError(refusal);
        }
    }

    /** Serves another path instead. */
    void search(String path, String query) {
        act(routing.elsewhere(path, query));
    }

    /** Has the route of this name serve. */
    void go(String name) {
        act(routing.elsewhere(name));
    }

    /** Answers with the fields there are and a file. @param length of the body; -1 where there is none whatever the method */
    void sendFile(FileAnswer body, int status, long length) {
        facts.status(status);
        answer.begin(status, reason(status), length);
        if (length < 0 || request.method() == Method.HEAD) {
            body.close();
            answer.complete();
        } else {
            file = body;
            body.send();
        }
    }

    /** Has a server answer. */
    void forward(@Nullable ProxyPlan to) {
        if (to == null) {
            throw new IllegalStateException("a route to a server has no plan for it");
        }
        if (bodyBytes > 0 && keptBody == null && sendsBody()) {
            // A part of the body went to a server that failed: the rest of it is no request.
            replyError(502);
            return;
        }
        facts.servers().asks();
        var started = new Forwarding(this, to);
        forwarding = started;
        started.begin();
    }

    // ---- answers of our own

    /** Answers with an error, or with the page that stands for it. */
    void replyError(int status) {
        OwnReply.error(this, status);
    }

    /** The phrase of a status, as its site has it. */
    String reason(int status) {
        return isHaproxy() ? HaproxyPages.reason(status) : Reasons.text(status);
    }

    /** After some errors nothing more of the connection is read (nginx). */
    void stopReadingAfter(int status) {
        if (!isHaproxy() && endsConnection(status)) {
            client.stopReading();
        }
    }

    private static boolean endsConnection(int status) {
        return status == 400 || status == 413 || status == 414 || status == 500 || status == 501;
    }

    /** Within an error page: what its own failure is told by is its status, as with nginx. */
    void showOwnStatusOfPage() {
        if (isInErrorPage) {
            routing.showOwnStatus();
        }
    }

    /** The page for a status; empty where there is none, or where it is a page that went wrong. */
    Optional<Route.Page> errorPage(int status) {
        return isLastErrorPage ? Optional.empty() : routing.route().errorPage(status);
    }

    /** Shows the page that stands for a server's answer of this status; null where the answer is passed on. */
    @Nullable
    Runnable pageInstead(int status) {
        if (status < 300) {
            return null;
        }
        var page = errorPage(status);
        if (page.isPresent()) {
            return () -> show(page.get(), status);
        }
        // It may be that the page was shown already, and failed.
        return routing.route().errorPage(status).isPresent() ? () -> replyError(status) : null;
    }

    /** Shows a page instead of what came so far. */
    void show(Route.Page page, int status) {
        isInErrorPage = true;
        isLastErrorPage = !page.configured().isRecursive() || routing.isSearchedOut();
        stopReadingAfter(status);
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

    /** What the request's body goes through on its way to a server. */
    void upload(Upload body) {
        upload = body;
    }

    /** The first bytes of the request's body, where it was read before a server is asked; null elsewhere. */
    @Nullable
    String bodyStart() {
        var body = upload;
        return body == null ? null : body.start();
    }

    /** The request's body, where it was read for a server whose answer is not used; the caller's then. */
    @Nullable
    RequestBody takeBody() {
        var body = keptBody;
        keptBody = null;
        return body;
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

    /** The answer that the client gets. */
    ClientAnswer answer() {
        return answer;
    }

    /** Whether nothing more becomes of it. */
    boolean isOver() {
        return isOver;
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
        if (file != null) {
            file.send();
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
        if (file != null) {
            file.close();
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
        RequestLog.write(this);
        facts.tracking().end(client.requestBytes(), client.answerHeadBytes() + client.answerBodyBytes());
    }

    private void count(TrafficCounts traffic) {
        traffic.transferred(client.requestBytes(), client.answerHeadBytes() + client.answerBodyBytes());
        traffic.answered(facts.status());
    }
}
