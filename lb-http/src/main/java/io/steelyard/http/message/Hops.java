package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/**
 * Which fields concern one connection only (RFC 9110 section 7.6.1) and which nobody may strip by naming them in Connection. Without state
 * that changes.
 */
public final class Hops {
    private static final NameSet HOP_BY_HOP = NameSet.of(
            FieldName.CONNECTION,
            FieldName.KEEP_ALIVE,
            FieldName.PROXY_CONNECTION,
            FieldName.PROXY_AUTHENTICATE,
            FieldName.PROXY_AUTHORIZATION,
            FieldName.PROXY_AUTHENTICATION_INFO,
            FieldName.TE,
            FieldName.TRANSFER_ENCODING,
            FieldName.UPGRADE,
            FieldName.HTTP2_SETTINGS);

    private static final NameSet PROTECTED = NameSet.of(
            FieldName.HOST,
            FieldName.CONTENT_LENGTH,
            FieldName.CONTENT_TYPE,
            FieldName.CONTENT_ENCODING,
            FieldName.CONTENT_RANGE,
            FieldName.CONTENT_DISPOSITION,
            FieldName.AUTHORIZATION,
            FieldName.WWW_AUTHENTICATE,
            FieldName.COOKIE,
            FieldName.SET_COOKIE,
            FieldName.EXPECT,
            FieldName.EARLY_DATA,
            FieldName.MAX_FORWARDS,
            FieldName.ORIGIN,
            FieldName.RANGE,
            FieldName.IF_MATCH,
            FieldName.IF_NONE_MATCH,
            FieldName.IF_MODIFIED_SINCE,
            FieldName.IF_UNMODIFIED_SINCE,
            FieldName.IF_RANGE,
            FieldName.CACHE_CONTROL,
            FieldName.VARY,
            FieldName.VIA,
            FieldName.DATE,
            FieldName.LOCATION,
            FieldName.STRICT_TRANSPORT_SECURITY,
            FieldName.TRAILER,
            FieldName.FORWARDED,
            FieldName.X_REAL_IP,
            FieldName.X_REQUEST_ID,
            FieldName.X_ACCEL_REDIRECT,
            FieldName.X_ACCEL_BUFFERING,
            FieldName.X_ACCEL_EXPIRES,
            FieldName.X_ACCEL_LIMIT_RATE,
            FieldName.X_ACCEL_CHARSET,
            FieldName.SEC_WEBSOCKET_KEY,
            FieldName.SEC_WEBSOCKET_ACCEPT,
            FieldName.SEC_WEBSOCKET_VERSION,
            FieldName.SEC_WEBSOCKET_PROTOCOL,
            FieldName.SEC_WEBSOCKET_EXTENSIONS);

    /** What decides framing, routing or rights, or only means something before the body, has no meaning in a trailer. */
    private static final NameSet NEVER_TRAILERS = NameSet.of(
            FieldName.ALLOW,
            FieldName.AGE,
            FieldName.EXPIRES,
            FieldName.PRAGMA,
            FieldName.RETRY_AFTER,
            FieldName.REFRESH,
            FieldName.REFERER,
            FieldName.USER_AGENT,
            FieldName.SERVER,
            FieldName.CONTENT_LANGUAGE,
            FieldName.CONTENT_LOCATION,
            FieldName.ACCEPT,
            FieldName.ACCEPT_ENCODING,
            FieldName.ACCEPT_LANGUAGE,
            FieldName.ACCEPT_RANGES);

    static {
        NEVER_TRAILERS.addAll(HOP_BY_HOP);
        NEVER_TRAILERS.addAll(PROTECTED);
    }

    private Hops() {}

    /** Whether a field concerns this connection only, whatever Connection says. */
    public static boolean isHopByHop(FieldBlock fields, int index) {
        return HOP_BY_HOP.containsId(fields.nameId(index));
    }

    /** Whether a field stays though Connection names it: those that decide framing, routing, identity or rights, and X-Forwarded-*. */
    public static boolean isProtected(FieldBlock fields, int index) {
        return PROTECTED.containsId(fields.nameId(index)) || saysWhoIsAsking(fields, index);
    }

    /** Whether a field must not be taken from a trailer section (RFC 9110 section 6.5.1). */
    public static boolean isForbiddenInTrailers(FieldBlock fields, int index) {
        return NEVER_TRAILERS.containsId(fields.nameId(index)) || saysWhoIsAsking(fields, index);
    }

    private static boolean saysWhoIsAsking(FieldBlock fields, int index) {
        int start = fields.nameStart(index);
        return fields.nameEnd(index) - start >= 12
                && Octets.equalsLower(fields.bytes(), start, start + 12, "x-forwarded-");
    }
}
