package io.steelyard.api.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A UNIX stream socket that clients are accepted on (unix(7)). A client has no address there: variables tell it as {@code unix:}, access rules
 * and trusted networks take it for {@code ::}, and servers are told of nobody. A file that a dead process left at the path is replaced, and
 * our own is removed once nothing is accepted there any more.
 *
 * @param path of the socket's file, or {@code @} and a name in the abstract namespace, which is no file and is padded with zero bytes to the
 *     greatest length (HAProxy's {@code abns@name}); at most 107 bytes in UTF-8
 * @param mode the file's permission bits, 0 to 0777 (octal); -1 for those the process's file mode creation mask leaves
 * @param user who owns the file, a name or a number; empty for the process's user
 * @param group the file's group, a name or a number; empty for the process's group
 */
public record UnixSocket(String path, int mode, String user, String group) {
    /** Of a path or a name, in bytes. */
    public static final int MOST_BYTES = 107;

    public UnixSocket {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(group, "group");
        int length = path.getBytes(StandardCharsets.UTF_8).length;
        if (path.isEmpty() || path.equals("@") || length > MOST_BYTES || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + path + "' is no path of a UNIX socket; expected 1 to " + MOST_BYTES
                    + " bytes, or @ and a name, without zero bytes");
        }
        if (mode < -1 || mode > 0777) {
            throw new IllegalArgumentException("mode is " + mode + ", expected 0 to 0777 (octal), or -1 for none");
        }
    }

    /** With the rights that files usually get. */
    public static UnixSocket of(String path) {
        return new UnixSocket(path, -1, "", "");
    }

    /** Whether it has a name and no file. */
    public boolean isAbstract() {
        return path.startsWith("@");
    }

    /** The name in the abstract namespace; the path where it has a file. */
    public String name() {
        return isAbstract() ? path.substring(1) : path;
    }
}
