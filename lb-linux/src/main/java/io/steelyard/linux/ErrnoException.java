package io.steelyard.linux;

import java.io.IOException;

/** A system call failed. The message reads {@code bind 0.0.0.0:80: EACCES: permission denied}. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;

    /**
     * @param what the call and what it was about
     * @param errno the error number, of either sign
     */
    public ErrnoException(String what, int errno) {
        super(what + ": " + Errno.text(errno));
        this.errno = Math.abs(errno);
    }

    /** The positive error number. */
    public int errno() {
        return errno;
    }
}
