package io.steelyard.http.proxy;

import io.steelyard.http.h1.BrokenHead;
import io.steelyard.http.message.Method;
import java.lang.foreign.MemorySegment;

/** Whose request a {@link ServerConnection} serves, and what it tells of it. Called on the connection's loop. */
interface ServerUser {
    Method method();

    /** Whether the server may switch protocols. */
    boolean asksForUpgrade();

    /** The server has accepted; what is agreed on before the first byte may take so long. */
    void handshaking(long timeoutNs);

    void connected();

    void connectFailed(boolean timedOut);

    /** The server took what had waited for it. */
    void serverHasRoom();

    /** The server sent something. */
    void serverSpoke();

    /** The head of the answer is there. */
    void answerHead();

    void answerData(MemorySegment from, int offset, int count);

    /** What came in one event was told. */
    void flush();

    void answerEnded();

    /** The server's answer is no HTTP. */
    void answerMalformed(BrokenHead head);

    /** The server closed or reset the connection where it should not have. */
    void serverBroke();

    /** One side of a tunnel ended, and with it the tunnel. */
    void finishTunnel();

    /** Something failed that should not have. */
    void abort();
}
