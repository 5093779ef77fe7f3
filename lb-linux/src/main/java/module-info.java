/** Linux system calls through java.lang.foreign: sockets, pipes, splice, datagram batches. */
@org.jspecify.annotations.NullMarked
module io.steelyard.linux {
    requires static org.jspecify;

    exports io.steelyard.linux;
}
