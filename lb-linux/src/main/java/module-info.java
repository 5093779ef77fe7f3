/** Linux system calls through java.lang.foreign: sockets, pipes, splice, datagram batches, raw and packet sockets, the kernel's network tables. */
@org.jspecify.annotations.NullMarked
module io.steelyard.linux {
    requires static org.jspecify;

    exports io.steelyard.linux;
    exports io.steelyard.linux.netlink;
    exports io.steelyard.linux.packet;
}
