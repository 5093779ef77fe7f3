/**
 * The PROXY protocol, versions 1 and 2, as HAProxy's {@code doc/proxy-protocol.txt} (2026-04-27) has it: a header before a connection's first
 * byte that tells whom it is for. {@link io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder} reads one into a
 * {@link io.steelyard.realip.proxyprotocol.ProxyHeader}, {@link io.steelyard.realip.proxyprotocol.ProxyHeaderEncoder} writes one. Nothing
 * here recognises by itself whether a connection begins with a header: that is configured.
 */
package io.steelyard.realip.proxyprotocol;
