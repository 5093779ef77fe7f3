package io.steelyard.core.stream;

import io.steelyard.core.loop.FdRegistration;

/** One of a connection's two sockets, with the readiness its pumps want of it. Owned by the connection's loop. */
final class Endpoint {
    private final FdRegistration registration;
    private boolean wantsRead;
    private boolean wantsWrite;

    Endpoint(FdRegistration registration) {
        this.registration = registration;
    }

    int fd() {
        return registration.fd();
    }

    void wantRead(boolean value) {
        wantsRead = value;
    }

    void wantWrite(boolean value) {
        wantsWrite = value;
    }

    /** Asks the loop for what is wanted now; a system call only where that changed. */
    void update() {
        registration.interest((wantsRead ? FdRegistration.READABLE : 0) | (wantsWrite ? FdRegistration.WRITABLE : 0));
    }

    void close() {
        registration.close();
    }
}
