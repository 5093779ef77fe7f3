/** Contract suites and fakes for plug-in authors and for our own modules. */
@org.jspecify.annotations.NullMarked
module io.steelyard.tck {
    requires transitive io.steelyard.api;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;
    requires transitive org.assertj.core;
    requires jdk.management;
    requires static org.jspecify;

    exports io.steelyard.tck;
}
