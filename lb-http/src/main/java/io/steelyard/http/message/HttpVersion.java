package io.steelyard.http.message;

/** A version of HTTP. */
public enum HttpVersion {
    HTTP_1_0("HTTP/1.0"),
    HTTP_1_1("HTTP/1.1"),
    HTTP_2("HTTP/2.0");

    private final String text;

    HttpVersion(String text) {
        this.text = text;
    }

    /** Whether this is HTTP/1.1 or newer. */
    public boolean isAtLeast11() {
        return this != HTTP_1_0;
    }

    /** As a request line and an access log show it. */
    @Override
    public String toString() {
        return text;
    }
}
