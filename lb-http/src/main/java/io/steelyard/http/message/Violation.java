package io.steelyard.http.message;

/**
 * What is wrong with a message, in plain words, and the status that a request with it is answered with. A response with a violation is
 * answered with 502 whatever this says. After any of them the connection is closed, since nobody can say where the next message begins.
 */
public enum Violation {
    /** Nothing is. */
    NONE(200, "nothing is wrong"),

    REQUEST_LINE_TOO_LONG(414, "the request line is longer than the limit"),
    METHOD_INVALID(400, "the method is no token"),
    METHOD_TOO_LONG(501, "the method is longer than any we know"),
    METHOD_NOT_ALLOWED(405, "the method is TRACE or CONNECT, which are not enabled"),
    EXTRA_SPACE_IN_REQUEST_LINE(400, "the request line has more than one space between its parts, or a tab"),
    TARGET_MISSING(400, "the request line has no target"),
    TARGET_INVALID(400, "the target has a character that must be percent-encoded"),
    TARGET_FORM_INVALID(400, "the target is neither a path, an absolute URL, nor what the method allows instead"),
    FRAGMENT_IN_TARGET(400, "the target has a fragment (#)"),
    BACKSLASH_IN_PATH(400, "the path has a backslash"),
    BAD_PERCENT_IN_PATH(400, "a % in the path is not followed by two hexadecimal digits"),
    ENCODED_CONTROL_IN_PATH(400, "the path has an encoded CR, LF or NUL"),
    PATH_ABOVE_ROOT(400, "the path's .. segments lead above its root"),
    VERSION_MISSING(400, "the request line has no version, as in HTTP/0.9"),
    VERSION_INVALID(400, "the version is not written HTTP/1.1"),
    VERSION_NOT_SUPPORTED(505, "the version is neither HTTP/1.0 nor HTTP/1.1"),
    BYTES_BEFORE_MESSAGE(400, "something other than one or two empty lines stands before the message"),

    STATUS_LINE_INVALID(502, "the status line is not written HTTP/1.1 200 reason"),
    STATUS_INVALID(502, "the status is not a number from 100 to 999"),
    UNREQUESTED_SWITCH(502, "the server switches protocols though no upgrade was asked for"),
    RESPONSE_WITHOUT_REQUEST(502, "bytes came from the server while no request was waiting for a response"),

    BARE_LINE_FEED(400, "a line ends with LF alone"),
    BARE_CARRIAGE_RETURN(400, "a CR stands where no LF follows"),
    HEAD_TOO_LARGE(431, "the header fields are larger than the limit"),
    FIELD_TOO_LARGE(431, "one header field is larger than the limit"),
    TOO_MANY_FIELDS(431, "there are more header fields than the limit"),
    FOLDED_FIELD(400, "a header line begins with white space"),
    FIELD_WITHOUT_COLON(400, "a header line has no colon"),
    FIELD_NAME_EMPTY(400, "a header line has no name before its colon"),
    SPACE_BEFORE_COLON(400, "white space stands between a header's name and its colon"),
    FIELD_NAME_INVALID(400, "a header's name has a character that no name may have"),
    FIELD_VALUE_INVALID(400, "a header's value has a control character"),

    HOST_MISSING(400, "an HTTP/1.1 request has no Host"),
    HOST_REPEATED(400, "there is more than one Host"),
    HOST_INVALID(400, "Host is no host name or address with an optional port"),
    USER_INFORMATION_IN_HOST(400, "the host is preceded by user information (@)"),
    AUTHORITY_OTHER_THAN_HOST(400, "the target's host differs from Host"),

    CONTENT_LENGTH_INVALID(400, "Content-Length is no number from 0 to 2^63 - 1"),
    CONTENT_LENGTH_REPEATED(400, "there is more than one Content-Length"),
    CONTENT_LENGTHS_DIFFER(400, "there are differing values of Content-Length"),
    CONTENT_LENGTH_AND_TRANSFER_ENCODING(400, "there are both a Content-Length and a Transfer-Encoding"),
    TRANSFER_ENCODING_IN_HTTP_1_0(400, "an HTTP/1.0 message has a Transfer-Encoding"),
    TRANSFER_ENCODING_INVALID(400, "Transfer-Encoding is not exactly: chunked"),
    TRANSFER_CODING_NOT_SUPPORTED(501, "Transfer-Encoding names a coding we do not decode"),
    EXPECTATION_NOT_MET(417, "Expect asks for something other than 100-continue"),

    CHUNK_SIZE_INVALID(400, "a chunk's size is no hexadecimal number"),
    CHUNK_SIZE_TOO_LARGE(400, "a chunk's size has more than 16 digits or is larger than 2^63 - 1"),
    CHUNK_EXTENSION_INVALID(400, "a chunk's extension has a control character or does not begin with a semicolon"),
    CHUNK_EXTENSION_TOO_LARGE(400, "chunk extensions are larger than the limit"),
    CHUNK_LINE_END_INVALID(400, "a chunk's size is not followed by CR LF"),
    CHUNK_DATA_END_INVALID(400, "a chunk's data is not followed by CR LF"),
    TRAILERS_TOO_LARGE(431, "the trailer fields are larger than the limit");

    private final int status;
    private final String text;

    Violation(int status, String text) {
        this.status = status;
        this.text = text;
    }

    /** The status a request is answered with. */
    public int status() {
        return status;
    }

    /** What is wrong, in plain words. */
    public String text() {
        return text;
    }
}
