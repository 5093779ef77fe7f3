package io.steelyard.http.proxy;

import io.steelyard.api.http.HttpVariable;
import io.steelyard.api.http.Redirections;
import io.steelyard.api.text.BuiltInVariable;

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

    /** The reason that goes with a status (RFC 9110 section 15); empty for one that is not listed there. */
    static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 202 -> "Accepted";
            case 204 -> "No Content";
            case 206 -> "Partial Content";
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 303 -> "See Other";
            case 304 -> "Not Modified";
            case 307 -> "Temporary Redirect";
            case 308 -> "Permanent Redirect";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 411 -> "Length Required";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 415 -> "Unsupported Media Type";
            case 416 -> "Range Not Satisfiable";
            case 417 -> "Expectation Failed";
            case 421 -> "Misdirected Request";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 495, 496, 497 -> "Bad Request";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 508 -> "Loop Detected";
            case 505 -> "HTTP Version Not Supported";
            default -> "";
        };
    }

    /** The body of an answer that has no other: its status, in words. */
    static String page(int status) {
        var why = tlsProblem(status);
        var reason = reason(status);
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
        var host = facts.value(wanted.usesSiteName() ? HttpVariable.SERVER_NAME : HttpVariable.HOST, "");
        var port = facts.value(BuiltInVariable.SERVER_PORT);
        boolean isTls = facts.connection().hasTls();
        boolean isUsual = !wanted.hasPort() || port == null || port.equals(isTls ? "443" : "80");
        return (isTls ? "https://" : "http://") + host + (isUsual ? "" : ":" + port) + safe;
    }
}
