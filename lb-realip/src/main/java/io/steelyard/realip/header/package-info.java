/**
 * The client's address in HTTP header fields: X-Forwarded-For, X-Real-IP and Forwarded (RFC 7239), by the rules of nginx and HAProxy and by our
 * own. Pure functions over texts; whose word is taken is always given, never guessed.
 *
 * <p>Start at {@link io.steelyard.realip.header.RealIpRule} (nginx, in), {@link io.steelyard.realip.header.ForwardForOption} and
 * {@link io.steelyard.realip.header.ForwardedOption} (HAProxy, out), {@link io.steelyard.realip.header.ForwardedElement} (RFC 7239), and
 * {@link io.steelyard.realip.header.IngressPolicy}.
 */
package io.steelyard.realip.header;
