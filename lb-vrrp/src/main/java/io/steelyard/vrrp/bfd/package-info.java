/**
 * Bidirectional Forwarding Detection (RFC 5880): start at {@link io.steelyard.vrrp.bfd.SessionMachine}. Nothing here opens a socket or reads a clock.
 */
package io.steelyard.vrrp.bfd;
