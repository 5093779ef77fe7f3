package io.steelyard.realip.proxyprotocol;

/** The registered types of type-length-value fields of version 2 (proxy-protocol.txt section 2.2). */
public final class TlvType {
    /** The application protocol negotiated. */
    public static final int ALPN = 0x01;

    /** The host name the client asked for: the server name of TLS, in UTF-8. */
    public static final int AUTHORITY = 0x02;

    /** The checksum of the header: 4 bytes. */
    public static final int CRC32C = 0x03;

    /** Padding. */
    public static final int NOOP = 0x04;

    /** An id of the connection: up to 128 bytes. */
    public static final int UNIQUE_ID = 0x05;

    /** How the client spoke TLS: flags, verification result, and fields of the types below. */
    public static final int SSL = 0x20;

    public static final int SSL_VERSION = 0x21;
    public static final int SSL_CN = 0x22;
    public static final int SSL_CIPHER = 0x23;
    public static final int SSL_SIG_ALG = 0x24;
    public static final int SSL_KEY_ALG = 0x25;
    public static final int SSL_GROUP = 0x26;
    public static final int SSL_SIG_SCHEME = 0x27;
    public static final int SSL_CLIENT_CERT = 0x28;

    /** The name of the network name space. */
    public static final int NETNS = 0x30;

    /** Flag of {@link #SSL}: the client spoke TLS. */
    public static final int CLIENT_SSL = 0x01;

    /** Flag of {@link #SSL}: the client showed a certificate on this connection. */
    public static final int CLIENT_CERT_CONN = 0x02;

    /** Flag of {@link #SSL}: the client showed a certificate in this TLS session. */
    public static final int CLIENT_CERT_SESS = 0x04;

    /** What stands before the fields within {@link #SSL}: one byte of flags, four of the verification result. */
    static final int SSL_PREFIX_BYTES = 5;

    private TlvType() {}
}
