package io.steelyard.core.session;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/**
 * A syslog server: each line is a datagram of its own, {@code <PRIORITY>TIME HOST TAG: LINE} (RFC 3164 section 4.1), as nginx sends it.
 * A socket is opened by the first line, and again after one could not be sent.
 */
final class SyslogSink implements LogSink {
    private static final int CLOSED = -1;
    private static final String PID = "[" + ProcessHandle.current().pid() + "]";

    /** Longer lines are cut: a datagram has to fit. */
    private static final int MOST_BYTES = 8_192;

    /** The day is padded with a space. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);

    private final AccessLog.Destination.Syslog server;
    private final String host;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment datagram = arena.allocate(MOST_BYTES);
    private int fd = CLOSED;

    SyslogSink(AccessLog.Destination.Syslog server, String host) {
        this.server = server;
        this.host = host;
    }

    @Override
    public String name() {
        return "syslog server " + server.server().text();
    }

    @Override
    public void append(AccessLog log, byte[] line) throws IOException {
        var message = message(server, host, ZonedDateTime.now(), line);
        if (fd == CLOSED) {
            fd = open();
        }
        int length = Math.min(message.length, MOST_BYTES);
        MemorySegment.copy(message, 0, datagram, ValueLayout.JAVA_BYTE, 0, length);
        long sent = Linux.send(fd, datagram, 0, length);
        if (sent == -Errno.ECONNREFUSED) {
            // What an earlier line met; it says nothing of this one.
            sent = Linux.send(fd, datagram, 0, length);
        }
        if (sent < 0) {
            disconnect();
            throw new IOException(Errno.text((int) -sent));
        }
    }

    /** What is sent for a line. */
    static byte[] message(AccessLog.Destination.Syslog to, String host, ZonedDateTime now, byte[] line) {
        var head = "<" + (to.facility() * 8 + to.severity()) + ">" + TIME.format(now) + " "
                + (to.hasHostName() ? host + " " : "") + to.tag() + (to.hasProcessId() ? PID : "") + ": ";
        var start = head.getBytes(StandardCharsets.ISO_8859_1);
        int length = line.length > 0 && line[line.length - 1] == '\n' ? line.length - 1 : line.length;
        var message = Arrays.copyOf(start, start.length + length);
        System.arraycopy(line, 0, message, start.length, length);
        return message;
    }

    private int open() throws IOException {
        var remote = SocketAddressBuffer.allocate();
        int opened = switch (server.server()) {
            case ServerAddress.Ip ip -> udp(remote, ip.address(), ip.port());
            case ServerAddress.Name name -> udp(remote, InetAddress.getByName(name.host()), name.port());
            case ServerAddress.Unix unix -> {
                remote.setUnix(unix.path());
                yield Linux.unixDatagramSocket();
            }
        };
        int result = opened < 0 ? opened : Linux.connect(opened, remote);
        if (result < 0) {
            if (opened >= 0) {
                Linux.close(opened);
            }
            throw new IOException(Errno.text(-result));
        }
        return opened;
    }

    private static int udp(SocketAddressBuffer remote, InetAddress address, int port) {
        remote.set(address, port);
        return Linux.udpSocket(address instanceof Inet6Address);
    }

    private void disconnect() {
        if (fd != CLOSED) {
            Linux.close(fd);
            fd = CLOSED;
        }
    }

    @Override
    public void flushIfDue(long nowNs) {}

    @Override
    public void close() {
        disconnect();
        arena.close();
    }
}
