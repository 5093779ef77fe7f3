package io.steelyard.config.nginx;

/** Where a directive stands. */
enum Context {
    MAIN("at the top level"),
    EVENTS("in events"),
    STREAM("in stream"),
    UPSTREAM("in an upstream of stream"),
    SERVER("in a server of stream"),
    MATCH("in match");

    private final String place;

    Context(String place) {
        this.place = place;
    }

    /** Such as {@code in events}. */
    String place() {
        return place;
    }
}
