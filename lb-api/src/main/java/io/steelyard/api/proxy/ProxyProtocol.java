package io.steelyard.api.proxy;

/**
 * The PROXY protocol header that a connection to a server begins with, telling the client's address (HAProxy's
 * {@code doc/proxy-protocol.txt}).
 */
public enum ProxyProtocol {
    /** No header. */
    NONE,
    /** A line of text. */
    V1,
    /** The binary form. */
    V2
}
