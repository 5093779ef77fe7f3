package io.steelyard.http.proxy;

import io.steelyard.api.http.StatusPage;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.Reasons;
import io.steelyard.http.route.Verdict;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/** Answers an exchange's client without a server. Without state. */
final class OwnReply {
    private static final int CLOSE_AT_ONCE = 444;

    private OwnReply() {}

    /** Forgets the client's connection. */
    static void vanish(Exchange exchange) {
        exchange.facts().status(CLOSE_AT_ONCE);
        exchange.client().vanish();
    }

    /** Answers with an error, or with the page that stands for it. */
    static void error(Exchange exchange, int status) {
        if (status == CLOSE_AT_ONCE) {
            exchange.facts().status(status);
            exchange.client().drop();
            return;
        }
        exchange.stopReadingAfter(status);
        exchange.showOwnStatusOfPage();
        var page = exchange.errorPage(status);
        var own = exchange.routing().route().answer(status);
        var fields = exchange.answer().fields();
        if (page.isPresent()) {
            exchange.show(page.get(), status);
        } else if (own != null) {
            fields.clear();
            int shown = own.configured().shown();
            exchange.facts().status(shown);
            FieldEdits.apply(own.fields(), shown, fields, exchange.evaluation());
            var reason = own.configured().reason();
            sendPlain(
                    exchange,
                    shown,
                    reason.isEmpty() ? exchange.reason(shown) : reason,
                    exchange.evaluation().raw(own.body()));
        } else if (exchange.isHaproxy()) {
            fields.clear();
            fields.add(FieldName.CACHE_CONTROL, "no-cache");
            fields.add(FieldName.CONTENT_TYPE, "text/html");
            sendPlain(exchange, status, exchange.reason(status), HaproxyPages.page(status));
        } else {
            fields.clear();
            int shown = OwnAnswers.shown(exchange.routing().shownStatus(status));
            send(exchange, shown, "text/html", OwnAnswers.page(status));
        }
    }

    /** Answers as a rule says. */
    static void respond(Exchange exchange, Verdict.Respond verdict) {
        var fields = exchange.answer().fields();
        fields.clear();
        exchange.facts().status(verdict.status());
        FieldEdits.apply(verdict.fields(), verdict.status(), fields, exchange.evaluation());
        sendPlain(
                exchange,
                verdict.status(),
                exchange.reason(verdict.status()),
                exchange.evaluation().raw(verdict.body()));
    }

    static void document(Exchange exchange, StatusPage.Document document) {
        var fields = exchange.answer().fields();
        fields.clear();
        new TreeMap<>(document.fields()).forEach((name, value) -> fields.add(FieldName.of(name), value));
        var bytes = document.text().getBytes(StandardCharsets.UTF_8);
        sendPlain(
                exchange,
                document.status(),
                exchange.reason(document.status()),
                new String(bytes, StandardCharsets.ISO_8859_1));
        exchange.client().flush();
    }

    /** An answer with the fields it has, and a page that tells its status; HAProxy's redirections have no body. */
    static void status(Exchange exchange, int status) {
        if (exchange.isHaproxy() && OwnAnswers.isRedirect(status)) {
            exchange.progress().termination("LR");
            exchange.client().stopReading();
            sendPlain(exchange, status, exchange.reason(status), "");
            return;
        }
        send(exchange, status, "text/html", OwnAnswers.page(status));
    }

    static void redirect(Exchange exchange, int status, String place) {
        var fields = exchange.answer().fields();
        fields.clear();
        fields.add(
                FieldName.LOCATION,
                OwnAnswers.location(
                        place, exchange.routing().route().configured().redirections(), exchange.facts()));
        send(exchange, status, "text/html", OwnAnswers.page(status));
    }

    /** @param text the body, each character one byte; where a redirection goes; or empty for the status's page */
    static void text(Exchange exchange, int status, String type, String text) {
        if (OwnAnswers.isRedirect(status) && !text.isEmpty()) {
            redirect(exchange, status, text);
        } else if (text.isEmpty() && status >= 300) {
            error(exchange, status);
        } else {
            exchange.answer().fields().clear();
            send(exchange, exchange.routing().shownStatus(status), type, text);
        }
    }

    /** @param text each character one byte */
    private static void send(Exchange exchange, int status, String type, String text) {
        exchange.facts().status(status);
        if (status == CLOSE_AT_ONCE) {
            exchange.client().drop();
            return;
        }
        if (hasBody(status)) {
            exchange.answer().fields().add(FieldName.CONTENT_TYPE, type);
        }
        sendPlain(exchange, status, Reasons.text(status), text);
    }

    /** Answers with the fields it has. @param text each character one byte */
    private static void sendPlain(Exchange exchange, int status, String reason, String text) {
        exchange.facts().status(status);
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        var answer = exchange.answer();
        answer.begin(status, reason, hasBody(status) ? bytes.length : -1);
        exchange.client().sendBody(MemorySegment.ofArray(bytes), 0, bytes.length);
        answer.complete();
    }

    private static boolean hasBody(int status) {
        return status != 204 && status != 304;
    }
}
