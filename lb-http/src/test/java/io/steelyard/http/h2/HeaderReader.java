package io.steelyard.http.h2;

/** Understands the header blocks of a server, for tests elsewhere. */
public final class HeaderReader {
    private final HpackDecoder decoder = new HpackDecoder(4_096);

    /** The fields of a block, a line each. */
    public String read(byte[] block) {
        return Frame.fields(decoder, block);
    }
}
