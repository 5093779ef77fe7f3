package io.steelyard.linux;

/**
 * A socket option whose value is an int: a count, a size, or 0 and 1. The names are the kernel's; socket(7), ip(7), ipv6(7), tcp(7), udp(7),
 * packet(7) and netlink(7) define them. SO_LINGER, which is a struct, is {@link Linux#linger}.
 */
public enum SocketOption {
    SO_REUSEADDR(Level.SOCKET, 2),
    SO_ERROR(Level.SOCKET, 4),
    /** Sends to hosts on the link only, past the routing tables. */
    SO_DONTROUTE(Level.SOCKET, 5),
    SO_BROADCAST(Level.SOCKET, 6),
    SO_SNDBUF(Level.SOCKET, 7),
    SO_RCVBUF(Level.SOCKET, 8),
    SO_KEEPALIVE(Level.SOCKET, 9),
    SO_PRIORITY(Level.SOCKET, 12),
    SO_REUSEPORT(Level.SOCKET, 15),
    SO_RCVLOWAT(Level.SOCKET, 18),
    SO_ACCEPTCONN(Level.SOCKET, 30),
    SO_MARK(Level.SOCKET, 36),
    SO_BUSY_POLL(Level.SOCKET, 46),
    SO_INCOMING_CPU(Level.SOCKET, 49),
    /** An interface's number: only what comes by it is received, and everything leaves by it. */
    SO_BINDTOIFINDEX(Level.SOCKET, 62),
    IP_TOS(Level.IP, 1),
    IP_TTL(Level.IP, 2),
    /** The packet's own header is sent along. */
    IP_HDRINCL(Level.IP, 3),
    IP_PKTINFO(Level.IP, 8),
    IP_MTU_DISCOVER(Level.IP, 10),
    IP_RECVERR(Level.IP, 11),
    /** The TTL is told of each datagram received. */
    IP_RECVTTL(Level.IP, 12),
    IP_FREEBIND(Level.IP, 15),
    IP_TRANSPARENT(Level.IP, 19),
    IP_BIND_ADDRESS_NO_PORT(Level.IP, 24),
    IP_MULTICAST_TTL(Level.IP, 33),
    IP_MULTICAST_LOOP(Level.IP, 34),
    /** Whether groups that only other sockets have joined are received too. */
    IP_MULTICAST_ALL(Level.IP, 49),
    /** Where the kernel puts the checksum into what is sent, and checks it in what is received (raw sockets). */
    IPV6_CHECKSUM(Level.IPV6, 7),
    IPV6_UNICAST_HOPS(Level.IPV6, 16),
    /** An interface's number. */
    IPV6_MULTICAST_IF(Level.IPV6, 17),
    IPV6_MULTICAST_HOPS(Level.IPV6, 18),
    IPV6_MULTICAST_LOOP(Level.IPV6, 19),
    IPV6_MTU_DISCOVER(Level.IPV6, 23),
    IPV6_RECVERR(Level.IPV6, 25),
    IPV6_V6ONLY(Level.IPV6, 26),
    /** Whether groups that only other sockets have joined are received too. */
    IPV6_MULTICAST_ALL(Level.IPV6, 29),
    IPV6_RECVPKTINFO(Level.IPV6, 49),
    IPV6_RECVHOPLIMIT(Level.IPV6, 51),
    IPV6_TCLASS(Level.IPV6, 67),
    IPV6_TRANSPARENT(Level.IPV6, 75),
    IPV6_FREEBIND(Level.IPV6, 78),
    TCP_NODELAY(Level.TCP, 1),
    TCP_MAXSEG(Level.TCP, 2),
    TCP_CORK(Level.TCP, 3),
    TCP_KEEPIDLE(Level.TCP, 4),
    TCP_KEEPINTVL(Level.TCP, 5),
    TCP_KEEPCNT(Level.TCP, 6),
    TCP_DEFER_ACCEPT(Level.TCP, 9),
    TCP_QUICKACK(Level.TCP, 12),
    /** Whether the connection may be taken apart without telling the peer; takes CAP_NET_ADMIN. */
    TCP_REPAIR(Level.TCP, 19),
    /** Milliseconds. */
    TCP_USER_TIMEOUT(Level.TCP, 18),
    TCP_FASTOPEN(Level.TCP, 23),
    TCP_NOTSENT_LOWAT(Level.TCP, 25),
    TCP_FASTOPEN_CONNECT(Level.TCP, 30),
    UDP_SEGMENT(Level.UDP, 103),
    UDP_GRO(Level.UDP, 104),
    /** What leaves by the interface is not received (packet(7)). */
    PACKET_IGNORE_OUTGOING(Level.PACKET, 23),
    NETLINK_ADD_MEMBERSHIP(Level.NETLINK, 1),
    NETLINK_CAP_ACK(Level.NETLINK, 10),
    NETLINK_EXT_ACK(Level.NETLINK, 11),
    NETLINK_GET_STRICT_CHK(Level.NETLINK, 12);

    private final int level;
    private final int number;

    SocketOption(int level, int number) {
        this.level = level;
        this.number = number;
    }

    int level() {
        return level;
    }

    int number() {
        return number;
    }

    /** The protocol layers options belong to. */
    static final class Level {
        static final int IP = 0;
        static final int SOCKET = 1;
        static final int TCP = 6;
        static final int UDP = 17;
        static final int IPV6 = 41;
        static final int PACKET = 263;
        static final int NETLINK = 270;

        private Level() {}
    }
}
