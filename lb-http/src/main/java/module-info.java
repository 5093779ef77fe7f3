/** HTTP messages: one representation for all versions, strict codecs for HTTP/1 and HTTP/2; and the proxy that speaks them. */
@org.jspecify.annotations.NullMarked
module io.steelyard.http {
    requires transitive io.steelyard.api;
    requires io.steelyard.core;
    requires io.steelyard.linux;
    requires io.steelyard.pool;
    requires io.steelyard.realip;
    requires static org.jspecify;

    exports io.steelyard.http.h1;
    exports io.steelyard.http.message;

    provides io.steelyard.api.proxy.ForwarderProvider with
            io.steelyard.http.proxy.HttpForwarderProvider;
}
