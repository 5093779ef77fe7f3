package io.steelyard.api.http;

/**
 * What the field {@code Location} of a redirection of our own looks like where only a path was given.
 *
 * @param isAbsolute whether scheme and host stand before the path
 * @param usesSiteName whether the host is the site's first name, and not the one the client asked for
 * @param hasPort whether the listener's port follows the host where it is not the scheme's
 */
public record Redirections(boolean isAbsolute, boolean usesSiteName, boolean hasPort) {
    /** nginx's: absolute, with the client's host and the listener's port. */
    public static final Redirections DEFAULT = new Redirections(true, false, true);
}
