package io.steelyard.api.health;

/**
 * What a check came to, by the layer at which it did (HAProxy 2.6, management guide 9.1, {@code check_status}): a table of words that exporters
 * and people know.
 */
public enum CheckStatus {
    SOCKET_ERROR("SOCKERR", "Socket error"),
    CONNECTED("L4OK", "Layer4 check passed"),
    CONNECT_TIMEOUT("L4TOUT", "Layer4 timeout"),
    CONNECT_FAILED("L4CON", "Layer4 connection problem"),
    SECURED("L6OK", "Layer6 check passed"),
    SECURE_TIMEOUT("L6TOUT", "Layer6 timeout"),
    SECURE_FAILED("L6RSP", "Layer6 invalid response"),
    ANSWER_TIMEOUT("L7TOUT", "Layer7 timeout"),
    ANSWER_INVALID("L7RSP", "Layer7 invalid response"),
    ANSWERED("L7OK", "Layer7 check passed"),
    /** The server can serve, and asks for no new clients. */
    ANSWERED_CONDITIONALLY("L7OKC", "Layer7 check conditionally passed"),
    ANSWER_REFUSED("L7STS", "Layer7 wrong status"),
    COMMAND_FAILED("PROCERR", "External check error"),
    COMMAND_TIMEOUT("PROCTOUT", "External check timeout"),
    COMMAND_PASSED("PROCOK", "External check passed");

    private final String word;
    private final String phrase;

    CheckStatus(String word, String phrase) {
        this.word = word;
        this.phrase = phrase;
    }

    /** The short word, such as {@code L7STS}. */
    public String word() {
        return word;
    }

    /** For people, such as {@code Layer7 wrong status}. */
    public String phrase() {
        return phrase;
    }

    /** Whether a code comes with it: the status of HTTP, say, or how a program ended. */
    public boolean hasCode() {
        return compareTo(ANSWERED) >= 0;
    }

    /** What it says of the server. */
    public ProbeResult.Verdict verdict() {
        return switch (this) {
            case CONNECTED, SECURED, ANSWERED, COMMAND_PASSED -> ProbeResult.Verdict.PASSED;
            case ANSWERED_CONDITIONALLY -> ProbeResult.Verdict.CONDITIONAL;
            default -> ProbeResult.Verdict.FAILED;
        };
    }

    /**
     * The status of a word, in whatever case it is.
     *
     * @throws IllegalArgumentException for any other word
     */
    public static CheckStatus of(String word) {
        for (var status : values()) {
            if (status.word.equalsIgnoreCase(word)) {
                return status;
            }
        }
        throw new IllegalArgumentException(
                "'" + word + "' is no status of a check; expected one such as L4CON or L7OK");
    }
}
