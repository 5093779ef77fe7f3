package io.steelyard.launcher.haproxy;

import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Tells the service manager how it stands (sd_notify(3)). */
final class ServiceNotice {
    private ServiceNotice() {}

    /** Sends {@code READY=1} and the like; does nothing where nobody listens. */
    static void send(String text) {
        var socket = System.getenv("NOTIFY_SOCKET");
        if (socket == null || socket.isEmpty() || !socket.startsWith("/")) {
            return;
        }
        int fd = Linux.unixDatagramSocket();
        if (fd < 0) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            var to = SocketAddressBuffer.allocate(arena);
            to.setUnix(socket);
            if (Linux.connect(fd, to) >= 0) {
                var bytes = text.getBytes(StandardCharsets.UTF_8);
                Linux.send(fd, arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes), 0, bytes.length);
            }
        } finally {
            Linux.close(fd);
        }
    }
}
