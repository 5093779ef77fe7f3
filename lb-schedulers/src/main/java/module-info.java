/** Every scheduling algorithm, one file each. */
@org.jspecify.annotations.NullMarked
module io.steelyard.schedulers {
    requires transitive io.steelyard.api;
    requires static org.jspecify;
}
