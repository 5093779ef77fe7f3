package io.steelyard.http.h2;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Where a session's frames go. */
public interface FrameOutput {
    /** The most octets that are asked for at once. */
    int MOST_ROOM = 1 << 16;

    /** A buffer with room for so many octets, for frames to be put behind what is there; valid until the next call. */
    ByteBuffer room(int octets);

    /** Puts a part of a frame's payload. */
    void put(MemorySegment from, long offset, int length);

    /** How many octets wait for the peer to read. */
    int waitingBytes();
}
