/** IP addresses as 128 bits, IPv4 ones mapped (RFC 4291 section 2.5.5.2): their text, and the networks they lie in. */
package io.steelyard.realip.address;
