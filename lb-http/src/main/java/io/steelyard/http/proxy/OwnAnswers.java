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
        var reason = Reasons.text(status);
        var title = reason.isEmpty() ? "" + status : status + " " + reason;
        return "<!doctype html>\n<title>" + title + "</title>\n<h1>" + title + "</h1>\n";
    }

    /** The value of {@code Location}: a place as it is, or a path on this host as the route wants it. Line ends, which would end the field, are encoded. */
    static String location(String place, Redirections wanted, RequestFacts facts) {
        var safe = place.replace("\r", "%0D").replace("\n", "%0A");
        if (!safe.startsWith("/") || !wanted.isAbsolute()) {
            return safe;
        }
        var host = facts.value(wanted.usesSiteName() ? HttpVariable.SERVER_NAME : HttpVariable.HOST, "");
        var port = facts.value(BuiltInVariable.SERVER_PORT);
        boolean isUsual = !wanted.hasPort() || port == null || port.equals("80");
        return "http://" + host + (isUsual ? "" : ":" + port) + safe;
    }
}
