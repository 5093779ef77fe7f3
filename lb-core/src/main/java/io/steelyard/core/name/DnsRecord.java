package io.steelyard.core.name;

import java.net.InetAddress;

/** A resource record of an answer, of the types that are asked for (RFC 1035, RFC 3596, RFC 2782). Names are in lower case, without the dot at their end. */
sealed interface DnsRecord {
    /** Whose record it is. */
    String owner();

    /** Seconds for which it holds, at least 0. */
    long ttl();

    /** An address, of type A or AAAA. */
    record Address(String owner, long ttl, InetAddress address) implements DnsRecord {}

    /** The owner is another name for {@code target}. */
    record Alias(String owner, long ttl, String target) implements DnsRecord {}

    /** A server of a service (RFC 2782); priority, weight and port are 0 to 65535. */
    record Service(String owner, long ttl, int priority, int weight, int port, String target) implements DnsRecord {}
}
