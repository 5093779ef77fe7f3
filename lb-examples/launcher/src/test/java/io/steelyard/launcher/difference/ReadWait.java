package io.steelyard.launcher.difference;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Waits until another program of this machine has read what a socket sent, so that what is sent next comes as a piece of its own. Linux
 * alone: /proc/net says how much a connection has sent that has not come, and how much has come that was not read.
 */
final class ReadWait {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_AGAIN_NS = 1_000_000;

    /** The table may change while it is read, and miss a connection: only one missed so often is gone. */
    private static final int LOOKS = 3;

    private static final int OPEN = 1;

    private ReadWait() {}

    /** Returns once everything was read, or nobody is there to read it. */
    static void await(Socket sender) throws IOException {
        var own = ":%04X".formatted(sender.getLocalPort());
        var other = ":%04X".formatted(sender.getPort());
        long startNs = System.nanoTime();
        for (int missed = 0; missed < LOOKS; ) {
            var sent = Queues.of(own, other);
            var come = Queues.of(other, own);
            if (sent == null || come == null || sent.state() != OPEN || come.state() != OPEN) {
                missed++;
            } else if (sent.unsent() == 0 && come.unread() == 0) {
                return;
            }
            if (System.nanoTime() - startNs > PATIENCE_NS) {
                throw new IOException("what was sent is not read");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
    }

    /** One end of a connection, in bytes. */
    private record Queues(int state, long unsent, long unread) {
        static @Nullable Queues of(String local, String remote) {
            return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                    .flatMap(Queues::lines)
                    .map(line -> line.strip().split("\\s+"))
                    .filter(fields -> fields.length > 4 && fields[1].endsWith(local) && fields[2].endsWith(remote))
                    .findFirst()
                    .map(fields -> new Queues(
                            Integer.parseInt(fields[3], 16),
                            Long.parseLong(fields[4].substring(0, 8), 16),
                            Long.parseLong(fields[4].substring(9), 16)))
                    .orElse(null);
        }

        private static Stream<String> lines(String file) {
            try {
                return Files.readAllLines(Path.of(file)).stream();
            } catch (IOException absent) {
                return Stream.empty();
            }
        }
    }
}
