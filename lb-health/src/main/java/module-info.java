/** Active health checks. */
@org.jspecify.annotations.NullMarked
module io.steelyard.health {
    requires transitive io.steelyard.api;
    requires static org.jspecify;
}
