package io.steelyard.admin.runtime;

/** A command that cannot be carried out; the message is the reply. */
final class RefusedCommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedCommandException(String reply) {
        super(reply, null, false, false);
    }

    String reply() {
        return String.valueOf(getMessage());
    }
}
