/** Linux system calls through java.lang.foreign: sockets, splice, datagram batches. */
@org.jspecify.annotations.NullMarked
module io.steelyard.linux {
    requires static org.jspecify;
}
