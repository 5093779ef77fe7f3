package io.steelyard.launcher.haproxy;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.config.haproxy.ProcessStatements;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Lines about the process and its servers, to the {@code log} targets of the section global: datagrams as RFC 3164 has them,
 * {@code <PRI>DATE [HOST ]haproxy[PID]: text}. Safe for all threads.
 */
final class ProcessLog {
    static final int ALERT = 1;
    static final int NOTICE = 5;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);

    private final String node;

    /** Written by the main thread when files are read, read by the control thread; an older one does no harm. */
    private volatile ProcessStatements statements;

    ProcessLog(ProcessStatements statements, String node) {
        this.statements = statements;
        this.node = node;
    }

    void use(ProcessStatements changed) {
        statements = changed;
    }

    /** Whether each new finding of a backend's checks is logged, and not only that a server goes down or comes back. */
    boolean logsChecks(String backend) {
        return statements.loggedChecks().contains(backend);
    }

    /** @param severity 0 to 7, RFC 3164 section 4.1.1 */
    void log(int severity, String text) {
        var now = statements;
        for (var target : now.logs()) {
            if (severity <= target.level()) {
                send(target.address(), datagram(now, target.facility(), severity, LocalDateTime.now(), text));
            }
        }
    }

    String datagram(ProcessStatements now, int facility, int severity, LocalDateTime time, String text) {
        var host =
                now.hostName().map(name -> (name.isEmpty() ? node : name) + " ").orElse("");
        return "<" + (facility * 8 + severity) + ">" + TIME.format(time) + " " + host + now.tag() + "["
                + ProcessHandle.current().pid() + "]: " + text + "\n";
    }

    private static void send(String address, String datagram) {
        switch (address) {
            case "stdout", "fd@1" -> System.out.print(datagram);
            case "stderr", "fd@2" -> System.err.print(datagram);
            default -> sendTo(address, datagram);
        }
    }

    private static void sendTo(String address, String datagram) {
        try (var arena = Arena.ofConfined()) {
            var to = SocketAddressBuffer.allocate(arena);
            int fd;
            if (address.startsWith("/")) {
                to.setUnix(address);
                fd = Linux.unixDatagramSocket();
            } else {
                var withPort = address.matches(".*:[0-9]+") ? address : address + ":514";
                if (!(ServerAddress.parse(withPort) instanceof ServerAddress.Ip ip)) {
                    return;
                }
                to.set(ip.address(), ip.port());
                fd = Linux.udpSocket(ip.address().getAddress().length == 16);
            }
            if (fd < 0) {
                return;
            }
            var bytes = datagram.strip().getBytes(StandardCharsets.UTF_8);
            // Nobody may be there to take it, as with any datagram.
            if (Linux.connect(fd, to) >= 0) {
                Linux.send(fd, arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes), 0, bytes.length);
            }
            Linux.close(fd);
        } catch (IllegalArgumentException notAnAddress) {
            // The reader of the configuration has told it.
            return;
        }
    }
}
