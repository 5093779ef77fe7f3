package io.steelyard.linux.netlink;

import io.steelyard.linux.Errno;
import java.io.IOException;

/**
 * The kernel refused a change of its network tables. The message reads {@code add address 10.0.0.1/24 to interface 3: EEXIST: exists
 * already (the kernel says: IPv4 address already assigned)}.
 */
public final class NetlinkException extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;
    private final String kernelMessage;

    /**
     * @param what what was attempted
     * @param errno the error number, of either sign
     * @param kernelMessage the kernel's own words, or empty
     */
    public NetlinkException(String what, int errno, String kernelMessage) {
        super(what + ": " + Errno.text(errno) + said(kernelMessage) + advice(errno));
        this.errno = Math.abs(errno);
        this.kernelMessage = kernelMessage;
    }

    /** The positive error number. */
    public int errno() {
        return errno;
    }

    /** The kernel's own words; empty where it gave none. */
    public String kernelMessage() {
        return kernelMessage;
    }

    private static String said(String kernelMessage) {
        return kernelMessage.isEmpty() ? "" : " (the kernel says: " + kernelMessage + ")";
    }

    private static String advice(int errno) {
        return Math.abs(errno) == Errno.EPERM ? "; the process needs CAP_NET_ADMIN, which root has" : "";
    }
}
