package io.steelyard.config.nginx;

/** Where a directive stands. */
enum Context {
    MAIN("at the top level"),
    EVENTS("in events"),
    STREAM("in stream"),
    UPSTREAM("in an upstream of stream"),
    SERVER("in a server of stream"),
    MATCH("in match of stream"),
    HTTP("in http"),
    HTTP_UPSTREAM("in an upstream of http"),
    HTTP_SERVER("in a server of http"),
    LOCATION("in a location"),
    SERVER_IF("in if of a server"),
    LOCATION_IF("in if of a location"),
    HTTP_MATCH("in match of http");

    private final String place;

    Context(String place) {
        this.place = place;
    }

    /** Such as {@code in events}. */
    String place() {
        return place;
    }
}
