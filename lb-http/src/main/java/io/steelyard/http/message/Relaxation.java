package io.steelyard.http.message;

/**
 * One rule of the HTTP/1 parser that can be relaxed. None is by default. What decides where a message ends (a length beside a transfer
 * coding, differing lengths, codings other than {@code chunked}, white space before a colon) cannot be relaxed.
 */
public enum Relaxation {
    /** Lines of a head may end with LF alone (RFC 9112 section 2.2). */
    BARE_LINE_FEED,
    /** Lines of a chunked body may end with LF alone. Bodies are framed anew when forwarded. */
    BARE_LINE_FEED_IN_CHUNKS,
    /**
     * A header line that begins with white space continues the one before it (RFC 9112 section 5.2); the fold becomes spaces. Host,
     * Content-Length and Transfer-Encoding cannot be folded.
     */
    FOLDED_FIELDS,
    /** Several Content-Length values that are all the same count as one (RFC 9110 section 8.6). */
    EQUAL_CONTENT_LENGTHS,
    /** Fields with an underscore in their name are kept; otherwise they are dropped, since many servers read it as a hyphen. */
    UNDERSCORE_IN_NAME,
    /** A header line of one word without a colon is dropped. */
    FIELD_WITHOUT_COLON,
    /** The parts of a request line may be apart by several spaces. */
    EXTRA_SPACES_IN_REQUEST_LINE,
    /** Spaces may stand behind the version. */
    SPACES_BEHIND_VERSION,
    /** A fragment, {@code #} and what follows, may stand in the target; it is left out of path and query. */
    FRAGMENT_IN_TARGET,
    /** Bytes above 127 may stand in the target. */
    NON_ASCII_TARGET,
    /** A backslash may stand in the path. */
    BACKSLASH_IN_PATH,
    /** A path may have a {@code %} that two hexadecimal digits do not follow; it stands for itself. */
    BAD_PERCENT_IN_PATH,
    /** Adjacent slashes of a path are each its own when a route is searched; otherwise they are one (nginx {@code merge_slashes}). */
    ADJACENT_SLASHES,
    /** The authority in an absolute-form target may differ from Host; it replaces Host (RFC 9112 section 3.2.2). */
    AUTHORITY_OTHER_THAN_HOST,
    /** User information may stand before the host; it is left out. */
    USER_INFORMATION_IN_HOST,
    /** HTTP/1.2 to HTTP/1.9 are taken as HTTP/1.1 (RFC 9110 section 6.2). */
    HIGHER_MINOR_VERSION,
    /** Any number of empty lines may stand before a request; otherwise two. */
    EMPTY_LINES_BEFORE_REQUEST,
    /** TRACE requests are taken. */
    TRACE,
    /** CONNECT requests are taken. */
    CONNECT
}
