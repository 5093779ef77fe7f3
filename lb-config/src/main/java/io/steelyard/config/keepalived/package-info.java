/**
 * Reads keepalived.conf, its VRRP half, into the model. {@link io.steelyard.config.keepalived.KeepalivedConfigurationReader} is the whole of it
 * for others.
 */
package io.steelyard.config.keepalived;
