package io.steelyard.realip.proxyprotocol;

/** Why bytes are no PROXY protocol header. */
public enum HeaderProblem {
    /** There is no problem. */
    NONE("none"),
    NOT_A_HEADER("the connection does not begin with a PROXY protocol header"),
    LINE_TOO_LONG("the line of version 1 does not end within 107 bytes"),
    BARE_LINE_END("a carriage return or line feed of version 1 stands alone"),
    BAD_TRANSPORT("version 1 names neither TCP4 nor TCP6 nor UNKNOWN"),
    BAD_SOURCE("the source address is malformed or of another family"),
    BAD_DESTINATION("the destination address is malformed or of another family"),
    BAD_PORT("a port is not a number from 0 to 65535 without leading zeros"),
    BAD_VERSION("the version is not 2"),
    BAD_COMMAND("the command of version 2 is neither LOCAL nor PROXY"),
    BAD_FAMILY("version 2 has an unassigned address family or transport"),
    TOO_LONG("the header is longer than this listener takes"),
    TOO_SHORT("the header is shorter than the addresses of its family"),
    BAD_TLV("the type-length-value fields do not end where the header ends"),
    BAD_CHECKSUM("the CRC32c checksum is wrong"),
    BAD_UNIQUE_ID("the unique id is longer than 128 bytes");

    private final String text;

    HeaderProblem(String text) {
        this.text = text;
    }

    /** What is wrong, for a log. */
    public String text() {
        return text;
    }
}
