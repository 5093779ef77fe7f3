package io.steelyard.http.message;

/**
 * How large the parts of a message may be, in bytes unless said otherwise.
 *
 * @param requestLine the request line or status line without its end; longer ones are refused with 414
 * @param field one header line without its end; longer ones are refused with 431
 * @param head all header lines of a message with their ends, the empty line too; refused with 431
 * @param fields how many header lines a message may have, dropped ones counted; refused with 431
 * @param chunkExtension the extensions of one chunk; refused with 400
 * @param chunkExtensions all chunk extensions of one body; refused with 400
 * @param trailers all trailer lines of one body with their ends; refused with 431
 */
public record HttpLimits(
        int requestLine, int field, int head, int fields, int chunkExtension, int chunkExtensions, int trailers) {
    /** Request line 8 KiB, one header line and all of them 32 KiB, 100 fields, chunk extensions 256 bytes a chunk and 16 KiB a body, trailers 8 KiB. */
    public static final HttpLimits DEFAULT = new HttpLimits(8192, 32_768, 32_768, 100, 256, 16_384, 8192);

    private static final int LARGEST = 1 << 24;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is less than 16 (one field at least) or more than 2^24
     */
    public HttpLimits {
        check("requestLine", requestLine, 16);
        check("field", field, 16);
        check("head", head, 16);
        check("fields", fields, 1);
        check("chunkExtension", chunkExtension, 0);
        check("chunkExtensions", chunkExtensions, 0);
        check("trailers", trailers, 16);
    }

    /** The same limits but for the request line and the header lines. */
    public HttpLimits withHead(int requestLineBytes, int fieldBytes, int headBytes, int fieldCount) {
        return new HttpLimits(
                requestLineBytes, fieldBytes, headBytes, fieldCount, chunkExtension, chunkExtensions, trailers);
    }

    private static void check(String name, int value, int least) {
        if (value < least || value > LARGEST) {
            throw new IllegalArgumentException(name + " is " + value + ", expected " + least + " to " + LARGEST);
        }
    }
}
