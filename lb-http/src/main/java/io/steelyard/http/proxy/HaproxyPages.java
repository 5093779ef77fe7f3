package io.steelyard.http.proxy;

import io.steelyard.http.message.Reasons;

/** The errors of HAProxy 2.6, word for word, for those who look for them. */
final class HaproxyPages {
    private HaproxyPages() {}

    /** The phrase of a status where HAProxy's own differs from ours; else ours. */
    static String reason(int status) {
        return switch (status) {
            case 400 -> "Bad request";
            case 407 -> "Unauthorized";
            case 408 -> "Request Time-out";
            case 413 -> "Payload Too Large";
            case 422 -> "Unprocessable Content";
            case 425 -> "Too Early";
            case 504 -> "Gateway Time-out";
            default -> Reasons.text(status);
        };
    }

    /** The body of an error. */
    static String page(int status) {
        return "<html><body><h1>" + status + " " + reason(status) + "</h1>\n" + text(status) + "\n</body></html>\n";
    }

    private static String text(int status) {
        return switch (status) {
            case 200 -> "Service ready.";
            case 400 -> "Your browser sent an invalid request.";
            case 401, 407 -> "You need a valid user and password to access this content.";
            case 403 -> "Request forbidden by administrative rules.";
            case 404 -> "The resource could not be found.";
            case 405 -> "A request was made of a resource using a request method not supported by that resource";
            case 408 -> "Your browser didn't send a complete request in time.";
            case 410 -> "The resource is no longer available and will not be available again.";
            case 413 -> "The request entity exceeds the maximum allowed.";
            case 421 -> "Request sent to a non-authoritative server.";
            case 422 -> "The server cannot process the contained instructions.";
            case 425 -> "Your browser sent early data.";
            case 429 -> "You have sent too many requests in a given amount of time.";
            case 500 -> "An internal server error occurred.";
            case 501 -> ".The server does not support the functionality required to fulfill the request.";
            case 502 -> "The server returned an invalid or incomplete response.";
            case 503 -> "No server is available to handle this request.";
            case 504 -> "The server didn't respond in time.";
            default -> "";
        };
    }
}
