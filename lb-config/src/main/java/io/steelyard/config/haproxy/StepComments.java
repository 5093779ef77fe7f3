package io.steelyard.config.haproxy;

/**
 * Comments of their own among the steps of a check, which hold for the steps of one kind that follow (HAProxy 2.6
 * {@code check_proxy_tcpcheck}). One thread.
 */
final class StepComments {
    /** The kinds of steps. */
    enum Kind {
        NONE,
        CONNECT,
        SEND,
        EXPECT
    }

    private String noted = "";
    private Kind before = Kind.NONE;

    /** Notes a comment that is a line of its own. */
    void note(String comment) {
        noted = comment;
        before = Kind.NONE;
    }

    /**
     * The comment of a step.
     *
     * @param own what the step says itself; empty for nothing
     */
    String of(Kind kind, String own) {
        if (before != Kind.NONE && before != kind) {
            noted = "";
        }
        before = kind;
        var comment = own.isEmpty() ? noted : own;
        if (kind == Kind.CONNECT) {
            noted = "";
        }
        return comment;
    }
}
