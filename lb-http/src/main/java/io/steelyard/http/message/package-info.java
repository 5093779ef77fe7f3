/**
 * One representation of a message, whatever version of HTTP it came by: what is routed is what is forwarded. Start at
 * {@link io.steelyard.http.message.RequestHead} and {@link io.steelyard.http.message.FieldBlock}; what is refused, and why, stands in
 * {@link io.steelyard.http.message.Violation}.
 */
package io.steelyard.http.message;
