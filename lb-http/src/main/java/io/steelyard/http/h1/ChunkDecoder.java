package io.steelyard.http.h1;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.Hops;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.Violation;
import io.steelyard.http.octet.Octets;
import java.nio.ByteBuffer;

/**
 * Takes a chunked body apart (RFC 9112 section 7.1) as its bytes arrive in any pieces. Data is not copied: each {@link Step#DATA} names a
 * range of the buffer. Sizes are plain hexadecimal numbers, every line ends with CR LF, and chunk extensions are read, bounded and
 * forgotten: whoever forwards the body frames it anew.
 *
 * <pre>{@code
 * decoder.begin(trailers);
 * while ((step = decoder.next(received)) == Step.DATA) { forward [decoder.dataStart(), decoder.dataEnd()) of received }
 * }</pre>
 *
 * <p>Allocates nothing; not thread-safe: owned by one loop.
 */
public final class ChunkDecoder {
    /** What {@link #next} found. */
    public enum Step {
        /** All bytes were taken and more are needed. */
        NEED_MORE,
        /** Data: a range of the buffer, whose position is behind it now. */
        DATA,
        /** The body is complete, trailers too; the buffer stands at the first byte behind it. */
        COMPLETE,
        /** A rule is violated; the connection cannot go on. */
        REJECTED
    }

    private enum State {
        SIZE_FIRST,
        SIZE,
        SIZE_BLANK,
        EXTENSION,
        SIZE_FEED,
        DATA,
        DATA_RETURN,
        DATA_FEED,
        TRAILERS,
        DONE,
        REJECTED
    }

    private static final int MOST_DIGITS = 16;

    private final HttpLimits limits;
    private final boolean bareLineFeed;
    private final HeadReader reader;
    private FieldBlock trailers = new FieldBlock(1, 1);
    private State state = State.DONE;
    private Violation violation = Violation.NONE;
    private long left;
    private int digits;
    private int extension;
    private long extensions;
    private int dropped;
    private int dataStart;
    private int dataEnd;

    /** A strict decoder with default limits. */
    public ChunkDecoder() {
        this(HttpLimits.DEFAULT, Leniency.strict());
    }

    /** A decoder with limits and with some rules relaxed. */
    public ChunkDecoder(HttpLimits limits, Leniency leniency) {
        this.limits = limits;
        this.bareLineFeed = leniency.allows(Relaxation.BARE_LINE_FEED_IN_CHUNKS);
        var lines = new HttpLimits(16, limits.trailers(), limits.trailers(), limits.fields(), 0, 0, 16);
        var trailerLeniency = bareLineFeed ? Leniency.of(Relaxation.BARE_LINE_FEED) : Leniency.strict();
        this.reader = new HeadReader(lines, trailerLeniency, trailers, leniency.allows(Relaxation.UNDERSCORE_IN_NAME));
    }

    /**
     * Begins a body. Its trailer fields go into a block, behind what is there, except those that must not stand in a trailer.
     *
     * @throws IllegalArgumentException if the block cannot grow to what the limits allow
     */
    public void begin(FieldBlock trailerFields) {
        trailers = trailerFields;
        reader.begin(trailerFields);
        state = State.SIZE_FIRST;
        violation = Violation.NONE;
        left = 0;
        digits = 0;
        extension = 0;
        extensions = 0;
        dropped = 0;
    }

    /** The violation, once {@link #next} said REJECTED; NONE before. */
    public Violation violation() {
        return violation;
    }

    /** Where the data begins, an absolute index of the buffer given last. */
    public int dataStart() {
        return dataStart;
    }

    /** Where the data ends, exclusive. */
    public int dataEnd() {
        return dataEnd;
    }

    /** How many trailer fields were dropped because they must not stand in a trailer. */
    public int droppedTrailers() {
        return dropped;
    }

    /** Whether the body is complete. */
    public boolean isComplete() {
        return state == State.DONE;
    }

    /**
     * Takes bytes up to the end of a range of data, the end of the body, or the end of the buffer.
     *
     * @throws IllegalStateException if the body is complete or was rejected already
     */
    public Step next(ByteBuffer in) {
        if (state == State.DONE || state == State.REJECTED) {
            throw new IllegalStateException("the body is over (" + state + "); begin another one first");
        }
        while (in.hasRemaining()) {
            if (state == State.DATA) {
                return data(in);
            }
            if (state == State.TRAILERS) {
                return trailers(in);
            }
            if (!framing(in.get())) {
                state = State.REJECTED;
                return Step.REJECTED;
            }
        }
        return Step.NEED_MORE;
    }

    private Step data(ByteBuffer in) {
        dataStart = in.position();
        int length = (int) Math.min(left, in.remaining());
        dataEnd = dataStart + length;
        left -= length;
        in.position(dataEnd);
        if (left == 0) {
            state = State.DATA_RETURN;
        }
        return Step.DATA;
    }

    private Step trailers(ByteBuffer in) {
        while (in.hasRemaining()) {
            reader.fill(in);
            var result = reader.readFields();
            if (result == ParseResult.COMPLETE) {
                reader.giveBack(in);
                for (int i = trailers.count() - 1; i >= 0; i--) {
                    if (Hops.isForbiddenInTrailers(trailers, i)) {
                        trailers.removeAt(i);
                        dropped++;
                    }
                }
                state = State.DONE;
                return Step.COMPLETE;
            }
            if (result == ParseResult.REJECTED) {
                boolean tooLarge = reader.violation() == Violation.HEAD_TOO_LARGE
                        || reader.violation() == Violation.FIELD_TOO_LARGE;
                reject(tooLarge ? Violation.TRAILERS_TOO_LARGE : reader.violation());
                state = State.REJECTED;
                return Step.REJECTED;
            }
        }
        return Step.NEED_MORE;
    }

    /** Takes one byte that is not data; false if it breaks a rule. */
    private boolean framing(byte octet) {
        return switch (state) {
            case SIZE_FIRST -> Octets.isHex(octet) ? digit(octet) : reject(Violation.CHUNK_SIZE_INVALID);
            case SIZE -> Octets.isHex(octet) ? digit(octet) : behindSize(octet);
            case SIZE_BLANK ->
                octet == ';' || Octets.isBlank(octet) ? extension(octet) : reject(Violation.CHUNK_SIZE_INVALID);
            case EXTENSION -> inExtension(octet);
            case SIZE_FEED -> octet == '\n' ? sizeComplete() : reject(Violation.CHUNK_LINE_END_INVALID);
            case DATA_RETURN -> dataReturn(octet);
            case DATA_FEED -> octet == '\n' ? nextChunk() : reject(Violation.CHUNK_DATA_END_INVALID);
            case DATA, TRAILERS, DONE, REJECTED -> throw new AssertionError(state);
        };
    }

    private boolean digit(byte octet) {
        if (++digits > MOST_DIGITS || left >>> 59 != 0) {
            return reject(Violation.CHUNK_SIZE_TOO_LARGE);
        }
        left = left << 4 | Octets.hexValue(octet);
        state = State.SIZE;
        return true;
    }

    private boolean behindSize(byte octet) {
        return switch (octet) {
            case '\r' -> to(State.SIZE_FEED);
            case '\n' -> bareLineFeed ? sizeComplete() : reject(Violation.BARE_LINE_FEED);
            case ';', ' ', '\t' -> extension(octet);
            default -> reject(Violation.CHUNK_SIZE_INVALID);
        };
    }

    private boolean extension(byte octet) {
        extensions++;
        if (++extension > limits.chunkExtension() || extensions > limits.chunkExtensions()) {
            return reject(Violation.CHUNK_EXTENSION_TOO_LARGE);
        }
        return to(octet == ';' || state == State.EXTENSION ? State.EXTENSION : State.SIZE_BLANK);
    }

    private boolean inExtension(byte octet) {
        if (octet == '\r') {
            return to(State.SIZE_FEED);
        }
        if (octet == '\n') {
            return bareLineFeed ? sizeComplete() : reject(Violation.BARE_LINE_FEED);
        }
        boolean control = (octet >= 0 && octet < ' ' && octet != '\t') || octet == 0x7f;
        return control ? reject(Violation.CHUNK_EXTENSION_INVALID) : extension(octet);
    }

    private boolean sizeComplete() {
        return to(left == 0 ? State.TRAILERS : State.DATA);
    }

    private boolean dataReturn(byte octet) {
        if (octet == '\n' && bareLineFeed) {
            return nextChunk();
        }
        return octet == '\r' ? to(State.DATA_FEED) : reject(Violation.CHUNK_DATA_END_INVALID);
    }

    private boolean nextChunk() {
        digits = 0;
        extension = 0;
        return to(State.SIZE_FIRST);
    }

    private boolean to(State next) {
        state = next;
        return true;
    }

    private boolean reject(Violation what) {
        violation = what;
        return false;
    }
}
