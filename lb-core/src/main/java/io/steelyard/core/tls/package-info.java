/**
 * TLS on the engine's own loops, by Netty's engines: BoringSSL where its library is on the path, else the JDK. Certificates are read whenever a
 * configuration is applied; {@link io.steelyard.core.tls.TlsTransport} speaks it.
 */
package io.steelyard.core.tls;
