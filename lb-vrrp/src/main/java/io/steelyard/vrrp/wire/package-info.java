/**
 * VRRP as bytes. {@link io.steelyard.vrrp.wire.AdvertEncoder} makes packets, {@link io.steelyard.vrrp.wire.AdvertDecoder} checks received ones in
 * keepalived's order and counts what it drops; {@link io.steelyard.vrrp.wire.AdvertFlyweight} is the message itself. Nothing allocates per
 * packet.
 */
package io.steelyard.vrrp.wire;
