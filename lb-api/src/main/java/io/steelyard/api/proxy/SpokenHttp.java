package io.steelyard.api.proxy;

/** Which versions of HTTP the connections of a listener speak (HAProxy {@code bind … proto}). */
public enum SpokenHttp {
    /** What is agreed on in the handshake of TLS, or what a connection begins with, as far as the HTTP host allows. */
    AGREED,
    /** HTTP/1, whatever was agreed on. */
    HTTP1,
    /** HTTP/2 from the first byte on, whatever was agreed on; what does not begin so is closed. */
    HTTP2
}
