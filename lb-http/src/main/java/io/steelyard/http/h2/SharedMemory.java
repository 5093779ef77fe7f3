package io.steelyard.http.h2;

/** Memory that the sessions of one loop use in turn, each only during one call. */
public final class SharedMemory {
    final byte[] payload = new byte[Frames.MOST_PAYLOAD];
    final byte[] block = new byte[8 << 10];
}
