package io.steelyard.http.proxy;

import io.steelyard.api.http.HttpVariable;
import io.steelyard.api.http.Redirections;
import io.steelyard.api.text.BuiltInVariable;
import io.steelyard.http.message.Reasons;

/** Answers of our own. Pure. */
final class OwnAnswers {
    private OwnAnswers() {}

    /** Whether an answer with this status says where to go. */
    static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    /** The body of an answer that has no other: its status, in words. */
    static String page(int status) {
        var why = tlsProblem(status);
        var reason = Reasons.text(shown(status));
        var title = reason.isEmpty() ? "" + status : shown(status) + " " + (why.isEmpty() ? reason : why);
        return "<!doctype html>\n<title>" + title + "</title>\n<h1>" + title + "</h1>\n";
    }

    /** The status that a client is shown: refusals over TLS have statuses of their own only within error pages (nginx). */
    static int shown(int status) {
        return tlsProblem(status).isEmpty() ? status : 400;
    }

    private static String tlsProblem(int status) {
        return switch (status) {
            case 495 -> "The SSL certificate error";
            case 496 -> "No required SSL certificate was sent";
            case 497 -> "The plain HTTP request was sent to HTTPS port";
            default -> "";
        };
    }

    /** The value of {@code Location}: a place as it is, or a path on this host as the route wants it. Line ends, which would end the field, are encoded. */
    static String location(String place, Redirections wanted, RequestFacts facts) {
        var safe = place.replace("\r", "%0D").replace("\n", "%0A");
        if (!safe.startsWith("/") || !wanted.isAbsolute()) {
            return safe;
        }
        var host = wanted.usesSiteName()
                ? facts.value(HttpVariable.SERVER_NAME, "")
                : facts.hasHost() ? facts.value(HttpVariable.HOST, "") : facts.value(BuiltInVariable.SERVER_ADDR);
        var port = facts.value(BuiltInVariable.SERVER_PORT);
        boolean isTls = facts.connection().hasTls();
        boolean isUsual = !wanted.hasPort() || port == null || port.isEmpty() || port.equals(isTls ? "443" : "80");
        return (isTls ? "https://" : "http://") + host + (isUsual ? "" : ":" + port) + safe;
    }
}
