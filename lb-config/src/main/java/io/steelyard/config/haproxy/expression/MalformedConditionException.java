package io.steelyard.config.haproxy.expression;

/** An ACL or condition that cannot be read. */
public final class MalformedConditionException extends Exception {
    private static final long serialVersionUID = 1;

    private final int word;

    MalformedConditionException(int word, String message) {
        super(message);
        this.word = word;
    }

    /** The index of the word that is wrong, among those that were to be read; their number where one is missing at the end. */
    public int word() {
        return word;
    }

    /** What is wrong. */
    public String what() {
        return String.valueOf(getMessage());
    }
}
