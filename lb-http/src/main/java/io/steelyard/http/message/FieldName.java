package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The name of a header field. Names that proxies meet often are <em>known</em>: they have a small number, so that a field of theirs is
 * found by comparing numbers. Any other name is compared by its bytes, without regard to case. Immutable.
 */
public final class FieldName {
    /** The number of every name that is not known. */
    public static final int UNKNOWN = 0;

    public static final FieldName HOST = KnownNames.known("Host");
    public static final FieldName CONNECTION = KnownNames.known("Connection");
    public static final FieldName CONTENT_LENGTH = KnownNames.known("Content-Length");
    public static final FieldName TRANSFER_ENCODING = KnownNames.known("Transfer-Encoding");
    public static final FieldName TE = KnownNames.known("TE");
    public static final FieldName TRAILER = KnownNames.known("Trailer");
    public static final FieldName UPGRADE = KnownNames.known("Upgrade");
    public static final FieldName KEEP_ALIVE = KnownNames.known("Keep-Alive");
    public static final FieldName PROXY_CONNECTION = KnownNames.known("Proxy-Connection");
    public static final FieldName PROXY_AUTHENTICATE = KnownNames.known("Proxy-Authenticate");
    public static final FieldName PROXY_AUTHORIZATION = KnownNames.known("Proxy-Authorization");
    public static final FieldName PROXY_AUTHENTICATION_INFO = KnownNames.known("Proxy-Authentication-Info");
    public static final FieldName HTTP2_SETTINGS = KnownNames.known("HTTP2-Settings");
    public static final FieldName EXPECT = KnownNames.known("Expect");
    public static final FieldName MAX_FORWARDS = KnownNames.known("Max-Forwards");
    public static final FieldName EARLY_DATA = KnownNames.known("Early-Data");
    public static final FieldName COOKIE = KnownNames.known("Cookie");
    public static final FieldName SET_COOKIE = KnownNames.known("Set-Cookie");
    public static final FieldName AUTHORIZATION = KnownNames.known("Authorization");
    public static final FieldName WWW_AUTHENTICATE = KnownNames.known("WWW-Authenticate");
    public static final FieldName USER_AGENT = KnownNames.known("User-Agent");
    public static final FieldName REFERER = KnownNames.known("Referer");
    public static final FieldName ORIGIN = KnownNames.known("Origin");
    public static final FieldName ACCEPT = KnownNames.known("Accept");
    public static final FieldName ACCEPT_ENCODING = KnownNames.known("Accept-Encoding");
    public static final FieldName ACCEPT_LANGUAGE = KnownNames.known("Accept-Language");
    public static final FieldName ACCEPT_RANGES = KnownNames.known("Accept-Ranges");
    public static final FieldName CACHE_CONTROL = KnownNames.known("Cache-Control");
    public static final FieldName PRAGMA = KnownNames.known("Pragma");
    public static final FieldName CONTENT_TYPE = KnownNames.known("Content-Type");
    public static final FieldName CONTENT_ENCODING = KnownNames.known("Content-Encoding");
    public static final FieldName CONTENT_LANGUAGE = KnownNames.known("Content-Language");
    public static final FieldName CONTENT_LOCATION = KnownNames.known("Content-Location");
    public static final FieldName CONTENT_RANGE = KnownNames.known("Content-Range");
    public static final FieldName CONTENT_DISPOSITION = KnownNames.known("Content-Disposition");
    public static final FieldName DATE = KnownNames.known("Date");
    public static final FieldName SERVER = KnownNames.known("Server");
    public static final FieldName LOCATION = KnownNames.known("Location");
    public static final FieldName REFRESH = KnownNames.known("Refresh");
    public static final FieldName LAST_MODIFIED = KnownNames.known("Last-Modified");
    public static final FieldName ETAG = KnownNames.known("ETag");
    public static final FieldName EXPIRES = KnownNames.known("Expires");
    public static final FieldName AGE = KnownNames.known("Age");
    public static final FieldName VARY = KnownNames.known("Vary");
    public static final FieldName VIA = KnownNames.known("Via");
    public static final FieldName ALLOW = KnownNames.known("Allow");
    public static final FieldName RETRY_AFTER = KnownNames.known("Retry-After");
    public static final FieldName RANGE = KnownNames.known("Range");
    public static final FieldName IF_MATCH = KnownNames.known("If-Match");
    public static final FieldName IF_NONE_MATCH = KnownNames.known("If-None-Match");
    public static final FieldName IF_MODIFIED_SINCE = KnownNames.known("If-Modified-Since");
    public static final FieldName IF_UNMODIFIED_SINCE = KnownNames.known("If-Unmodified-Since");
    public static final FieldName IF_RANGE = KnownNames.known("If-Range");
    public static final FieldName FORWARDED = KnownNames.known("Forwarded");
    public static final FieldName X_FORWARDED_FOR = KnownNames.known("X-Forwarded-For");
    public static final FieldName X_FORWARDED_PROTO = KnownNames.known("X-Forwarded-Proto");
    public static final FieldName X_FORWARDED_HOST = KnownNames.known("X-Forwarded-Host");
    public static final FieldName X_FORWARDED_PORT = KnownNames.known("X-Forwarded-Port");
    public static final FieldName X_FORWARDED_PREFIX = KnownNames.known("X-Forwarded-Prefix");
    public static final FieldName X_REAL_IP = KnownNames.known("X-Real-IP");
    public static final FieldName X_REQUEST_ID = KnownNames.known("X-Request-ID");
    public static final FieldName X_POWERED_BY = KnownNames.known("X-Powered-By");
    public static final FieldName X_ACCEL_REDIRECT = KnownNames.known("X-Accel-Redirect");
    public static final FieldName X_ACCEL_BUFFERING = KnownNames.known("X-Accel-Buffering");
    public static final FieldName X_ACCEL_EXPIRES = KnownNames.known("X-Accel-Expires");
    public static final FieldName X_ACCEL_LIMIT_RATE = KnownNames.known("X-Accel-Limit-Rate");
    public static final FieldName X_ACCEL_CHARSET = KnownNames.known("X-Accel-Charset");
    public static final FieldName STRICT_TRANSPORT_SECURITY = KnownNames.known("Strict-Transport-Security");
    public static final FieldName SEC_WEBSOCKET_KEY = KnownNames.known("Sec-WebSocket-Key");
    public static final FieldName SEC_WEBSOCKET_ACCEPT = KnownNames.known("Sec-WebSocket-Accept");
    public static final FieldName SEC_WEBSOCKET_VERSION = KnownNames.known("Sec-WebSocket-Version");
    public static final FieldName SEC_WEBSOCKET_PROTOCOL = KnownNames.known("Sec-WebSocket-Protocol");
    public static final FieldName SEC_WEBSOCKET_EXTENSIONS = KnownNames.known("Sec-WebSocket-Extensions");

    private final int id;
    private final String text;
    private final byte[] bytes;
    private final byte[] lowerCase;

    FieldName(int id, String text) {
        this.id = id;
        this.text = text;
        this.bytes = Octets.bytes(text);
        this.lowerCase = Octets.bytes(text.toLowerCase(Locale.ROOT));
    }

    /**
     * The name written {@code text}; a known name keeps its usual spelling.
     *
     * @throws IllegalArgumentException if {@code text} is not a token (RFC 9110 section 5.6.2)
     */
    public static FieldName of(String text) {
        var bytes = Octets.bytes(text);
        if (!Octets.isToken(bytes, 0, bytes.length) || bytes.length > FieldBlock.MAXIMUM_NAME_BYTES) {
            throw new IllegalArgumentException("\"" + text + "\" is no field name: expected letters, digits and any of"
                    + " !#$%&'*+-.^_`|~, at most " + FieldBlock.MAXIMUM_NAME_BYTES);
        }
        var padded = new byte[bytes.length + Octets.PADDING];
        System.arraycopy(bytes, 0, padded, 0, bytes.length);
        int id = KnownNames.idOf(padded, 0, bytes.length);
        return id == UNKNOWN ? new FieldName(UNKNOWN, text) : KnownNames.name(id);
    }

    /** The number of a known name, 1 to 127, or {@link #UNKNOWN}. */
    public int id() {
        return id;
    }

    /** How many bytes the name has. */
    public int length() {
        return bytes.length;
    }

    /** Writes the name as it is spelt into {@code target} and returns the index behind it. */
    public int copyTo(byte[] target, int at) {
        System.arraycopy(bytes, 0, target, at, bytes.length);
        return at + bytes.length;
    }

    /** The byte at {@code index} of the spelling that {@link #toString} gives. */
    public byte byteAt(int index) {
        return bytes[index];
    }

    /** Whether [from, to) spells this name, in any case. */
    public boolean matches(byte[] text, int from, int to) {
        return Octets.equalsLower(text, from, to, lowerCase);
    }

    byte[] bytes() {
        return bytes;
    }

    /** Equal when they name the same field, in any case. */
    @Override
    public boolean equals(Object other) {
        return other instanceof FieldName name
                && id == name.id
                && (id != UNKNOWN || Arrays.equals(lowerCase, name.lowerCase));
    }

    @Override
    public int hashCode() {
        return id != UNKNOWN ? id : Arrays.hashCode(lowerCase);
    }

    /** The name as it is written into a message. */
    @Override
    public String toString() {
        return text;
    }
}
