/** Floating addresses: virtual routers by VRRP, and what they need of the system. */
@org.jspecify.annotations.NullMarked
module io.steelyard.vrrp {
    requires transitive io.steelyard.api;
    requires io.steelyard.linux;
    requires java.net.http;
    requires org.slf4j;
    requires static org.jspecify;
}
