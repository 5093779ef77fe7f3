package io.steelyard.http.h2;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.Violation;
import java.lang.foreign.MemorySegment;

/** Who serves the request of a stream. Called on the loop that gives the session its octets. */
public interface StreamUser {
    /** Memory for the head of the request. */
    RequestHead head();

    /**
     * The head is there.
     *
     * @param violation why it is to be refused; NONE where it is not
     */
    void onRequest(Violation violation);

    /** Data of the body; valid during the call. {@link Http2Session#consumed} says when there is room for as much again. */
    void onData(MemorySegment memory, int start, int count);

    /** Memory for fields behind the body. */
    FieldBlock trailerMemory();

    /** The request is complete. */
    void onEnd();

    /** The stream is no more: nothing can be sent on it. */
    void onReset();

    /** What was not taken of the answer's body is worth trying again. */
    void onRoom();
}
