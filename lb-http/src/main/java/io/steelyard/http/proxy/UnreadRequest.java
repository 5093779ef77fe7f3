package io.steelyard.http.proxy;

/** What becomes of an exchange whose request could not be read. Without state. */
final class UnreadRequest {
    private UnreadRequest() {}

    /**
     * Answers it.
     *
     * @param line its first line, as far as it came
     * @param isLine whether that line could be read
     */
    static void reject(Exchange exchange, int status, String line, boolean isLine) {
        exchange.facts().unread(line, isLine);
        reject(exchange, status);
    }

    /** Answers it. */
    static void reject(Exchange exchange, int status) {
        boolean isLate = status == 408;
        exchange.plan().faults().count(isLate ? Fault.SLOW_HEADER : Fault.MALFORMED_REQUEST);
        exchange.routing().useFallback();
        exchange.progress().termination(isLate ? "cR" : "PR");
        exchange.progress().unread();
        if (!isLate) {
            exchange.facts().tracking().refused();
        }
        // HAProxy has one answer for all that cannot be read.
        exchange.replyError(exchange.isHaproxy() && !isLate ? 400 : status);
    }

    /** Its client left before its head was complete. */
    static void abandon(Exchange exchange, String line, boolean isLine) {
        exchange.facts().unread(line, isLine);
        exchange.routing().useFallback();
        exchange.progress().termination("CR");
        exchange.progress().unread();
        exchange.facts().status(400);
        exchange.client().drop();
    }
}
