package io.steelyard.core.stream;

import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.tcp.Transport;

/** One of a connection's two sockets, with the readiness its pumps want of it. Owned by the connection's loop. */
final class Endpoint {
    private final FdRegistration registration;
    private Transport transport;
    private boolean wantsRead;
    private boolean wantsWrite;

    Endpoint(FdRegistration registration) {
        this.registration = registration;
        transport = Transport.plain(registration.fd());
    }

    int fd() {
        return registration.fd();
    }

    /** What its bytes go through. */
    Transport transport() {
        return transport;
    }

    /** From now on its bytes go through records of TLS. */
    void secure(Transport value) {
        transport = value;
    }

    void wantRead(boolean value) {
        wantsRead = value;
    }

    void wantWrite(boolean value) {
        wantsWrite = value;
    }

    /** Asks the loop for what is wanted now; a system call only where that changed. */
    void update() {
        boolean hasOutput = wantsWrite || transport.isPending();
        registration.interest((wantsRead ? FdRegistration.READABLE : 0) | (hasOutput ? FdRegistration.WRITABLE : 0));
    }

    void close() {
        transport.close();
        registration.close();
    }
}
