/**
 * HTTP/2 as a server speaks it (RFC 9113, and RFC 7541 for header compression): octets in, octets and events out. Pure: no sockets, no clock
 * of its own.
 */
package io.steelyard.http.h2;
