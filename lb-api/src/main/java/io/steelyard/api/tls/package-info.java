/**
 * TLS with clients ({@link io.steelyard.api.tls.TlsServer}) and with servers ({@link io.steelyard.api.tls.TlsClient}). Files are named here and
 * read whenever a configuration is applied.
 */
package io.steelyard.api.tls;
