package io.steelyard.api.tls;

/** A version of TLS. Older ones than these are not spoken (RFC 8996). */
public enum TlsVersion {
    /** RFC 5246. */
    TLS_1_2("TLSv1.2"),
    /** RFC 8446. */
    TLS_1_3("TLSv1.3");

    private final String text;

    TlsVersion(String text) {
        this.text = text;
    }

    /** The name in configurations and logs. */
    public String text() {
        return text;
    }
}
