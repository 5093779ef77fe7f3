/**
 * The engine: control loop, data-plane event loops, TCP and UDP proxying. Start at {@link io.steelyard.core.Steelyard}.
 */
@org.jspecify.annotations.NullMarked
module io.steelyard.core {
    requires transitive io.steelyard.api;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.dns;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.resolver.dns;
    requires io.netty.tcnative.classes.openssl;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires io.steelyard.linux;
    requires io.steelyard.pool;
    requires io.steelyard.realip;
    requires java.naming;
    requires java.net.http;
    requires org.jctools.core;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.steelyard.core;
    exports io.steelyard.core.loop to
            io.steelyard.http;
    exports io.steelyard.core.session to
            io.steelyard.http;
    exports io.steelyard.core.tcp to
            io.steelyard.http;
    exports io.steelyard.core.tls to
            io.steelyard.http;
}
