package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.route.Verdict;
import org.jspecify.annotations.Nullable;

/** The answer of one exchange as its client gets it: its fields, what rules say of it, and its beginning and end. Owned by one loop. */
final class ClientAnswer {
    private final Exchange exchange;
    private final ClientSide client;
    private final RequestFacts facts;
    private final FieldBlock fields;

    /** A rule has answered in a server's place: what it answers is asked about no more. */
    private boolean isDenied;

    /** The status that the rules about a server's answer gave it; 0 for its own. */
    private int changedStatus;

    /** What the client is to prove, whichever answer it gets in the end; null for nothing. */
    private @Nullable String challenge;

    private boolean isComplete;

    ClientAnswer(Exchange exchange, ClientSide client, RequestFacts facts) {
        this.exchange = exchange;
        this.client = client;
        this.facts = facts;
        fields = client.answerFields();
        fields.clear();
    }

    /** The fields of the answer, filled before it begins. */
    FieldBlock fields() {
        return fields;
    }

    /** The client was asked who it is: the answer, or the page in its place, says so. */
    void challenge(String value) {
        challenge = value;
    }

    /** Whether all of it was given to the client. */
    boolean isComplete() {
        return isComplete;
    }

    /**
     * Runs the rules about a server's answer, whose fields are in {@link #fields}.
     *
     * @return sends what a rule answers in its place, once the server was given back; null where the answer is passed on
     */
    @Nullable
    Runnable refusal(int status) {
        if (!isDenied) {
            facts.tracking().answered(status);
        }
        var rules = exchange.routing().route().responseRules();
        if (rules.isEmpty() || isDenied) {
            return null;
        }
        facts.status(status);
        return switch (rules.run(new AnswerTarget(facts, fields), exchange.evaluation())) {
            case Verdict.Fail fail ->
                () -> {
                    isDenied = true;
                    exchange.progress().termination("PH");
                    exchange.replyError(fail.configured().status());
                };
            case Verdict.Respond respond ->
                () -> {
                    isDenied = true;
                    exchange.progress().termination("LH");
                    OwnReply.respond(exchange, respond);
                };
            case Verdict.Vanish vanish -> () -> OwnReply.vanish(exchange);
            default -> {
                changedStatus = facts.status() == status ? 0 : facts.status();
                yield null;
            }
        };
    }

    /** Begins the answer with {@link #fields} and what every answer has. */
    void begin(int status, String reason, long length) {
        int shown = changedStatus == 0 ? exchange.routing().shownStatus(status) : changedStatus;
        changedStatus = 0;
        completeFields(shown);
        if (facts.status() != shown) {
            shown = facts.status();
        }
        var phrase = facts.reason();
        if (phrase == null) {
            phrase = shown == status ? reason : exchange.reason(shown);
        }
        client.beginAnswer(shown, phrase, fields, length);
        facts.framed(
                client.keepsConnection() ? "keep-alive" : "close",
                client.isAnswerChunked(),
                shown == 204 || client.isAnswerChunked() ? -1 : length);
    }

    /** Passes on that the server switches protocols. */
    void beginTunnel(String reason) {
        completeFields(101);
        client.beginTunnel(reason, fields);
        facts.framed("upgrade", false, -1);
    }

    /** The answer is out. */
    void complete() {
        isComplete = true;
        client.endAnswer();
    }

    private void completeFields(int status) {
        var routing = exchange.routing();
        var serverField = routing.site().host().client().serverField();
        if (!serverField.isEmpty() && !fields.contains(FieldName.SERVER)) {
            fields.add(FieldName.SERVER, serverField);
        }
        if (!exchange.isHaproxy() && !fields.contains(FieldName.DATE)) {
            fields.add(FieldName.DATE, client.worker().date());
        }
        if (challenge != null) {
            fields.add(FieldName.WWW_AUTHENTICATE, challenge);
        }
        FieldEdits.apply(routing.route().responseFields(), status, fields, exchange.evaluation());
        facts.sent(status, fields);
        var rules = routing.route().answerRules();
        if (!rules.isEmpty()) {
            rules.run(new AnswerTarget(facts, fields), exchange.evaluation());
        }
    }
}
