package io.steelyard.http.proxy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where frames are put together before they are sent, lent to one client after the other. Owned by one loop. */
final class Http2Stage {
    private static final int BYTES = 256 << 10;

    private final MemorySegment memory;
    private final ByteBuffer bytes;
    private @Nullable Http2Output user;

    Http2Stage(Arena arena) {
        memory = arena.allocate(BYTES);
        bytes = memory.asByteBuffer();
    }

    MemorySegment memory() {
        return memory;
    }

    boolean isLentTo(Http2Output output) {
        return user == output;
    }

    /** The stage with what this one put there; whoever had it before makes way. */
    ByteBuffer lendTo(Http2Output output) {
        if (user != output) {
            if (user != null) {
                user.makeWay();
            }
            user = output;
            bytes.clear();
        }
        return bytes;
    }

    /** How many bytes this one put there, which are its own until the stage is lent again. */
    int takeBack(Http2Output output) {
        if (user != output) {
            return 0;
        }
        user = null;
        return bytes.position();
    }
}
