package io.steelyard.launcher;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a running program takes commands: one line, an answer, and the end, as on HAProxy's {@code stats socket}; after {@code prompt} it goes
 * on with a line at a time. Each connection has a thread of its own. It listens until the process ends.
 */
public final class CommandSocket implements AutoCloseable {
    private static final int MOST_LINE_BYTES = 16_384;
    private static final int MOST_PAYLOAD_BYTES = 1 << 20;
    private static final int IDLE_MS = 10_000;
    private static final int BACKLOG = 16;

    private final int fd;
    private final Optional<Path> path;

    /** What the file system knows the path's file by; null where there is none. */
    private final @Nullable Object key;

    private CommandSocket(int fd, Optional<Path> path) throws IOException {
        this.fd = fd;
        this.path = path;
        key = path.isPresent() ? key(path.get()) : null;
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /**
     * Listens.
     *
     * @param address a path, {@code unix@PATH}, {@code fd@N}, or an address and port, perhaps with {@code ipv4@} or {@code ipv6@}
     * @param mode permissions of a path, as octal digits
     * @param commands carries out a line and gives the answer; called on each connection's own thread
     * @throws IOException where it cannot
     */
    public static CommandSocket open(String address, Optional<String> mode, UnaryOperator<String> commands)
            throws IOException {
        var socket = listen(address, mode);
        Thread.ofPlatform().name("lb-commands " + address).daemon(true).start(() -> socket.accept(commands));
        return socket;
    }

    private static CommandSocket listen(String address, Optional<String> mode) throws IOException {
        if (address.startsWith("fd@")) {
            int fd = Linux.duplicate(Integer.parseInt(address.substring(3)));
            check(fd, address);
            check(Linux.nonBlocking(fd), address);
            return new CommandSocket(fd, Optional.empty());
        }
        var rest = address.replaceFirst("^(unix|ipv4|ipv6)@", "");
        return rest.startsWith("/") ? listenUnix(Path.of(rest), mode) : listenTcp(rest);
    }

    private static CommandSocket listenUnix(Path path, Optional<String> mode) throws IOException {
        int fd = check(Linux.unixStreamSocket(), path.toString());
        Files.deleteIfExists(path);
        try (var arena = Arena.ofConfined()) {
            var local = SocketAddressBuffer.allocate(arena);
            local.setUnix(path.toString());
            check(Linux.bind(fd, local), path.toString());
        }
        if (mode.isPresent()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions(mode.get())));
        }
        check(Linux.listen(fd, BACKLOG), path.toString());
        return new CommandSocket(fd, Optional.of(path));
    }

    private static CommandSocket listenTcp(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        var host = address.substring(0, Math.max(colon, 0));
        var ip = ServerAddress.numericAddress(host.isEmpty() || host.equals("*") ? "0.0.0.0" : host);
        int fd = check(Linux.tcpSocket(ip.getAddress().length == 16), address);
        Linux.reuseAddress(fd);
        try (var arena = Arena.ofConfined()) {
            var local = SocketAddressBuffer.allocate(arena);
            local.set(ip, Integer.parseInt(address.substring(colon + 1)));
            check(Linux.bind(fd, local), address);
        }
        check(Linux.listen(fd, BACKLOG), address);
        return new CommandSocket(fd, Optional.empty());
    }

    /** Of {@code 660}: {@code rw-rw----}. */
    static String permissions(String octal) {
        var text = new StringBuilder();
        int bits = Integer.parseInt(octal, 8);
        for (int i = 8; i >= 0; i--) {
            text.append((bits >> i & 1) == 0 ? '-' : "xwr".charAt(i % 3));
        }
        return text.toString();
    }

    private static int check(int result, String address) throws IOException {
        if (result < 0) {
            throw new IOException("cannot listen on the socket " + address + ": " + Errno.text(-result));
        }
        return result;
    }

    private void accept(UnaryOperator<String> commands) {
        var peer = SocketAddressBuffer.allocate();
        while (true) {
            int events = Linux.poll(fd, Linux.POLLIN, -1);
            if (events == -Errno.EBADF) {
                return;
            }
            int client = Linux.accept(fd, peer);
            if (client >= 0) {
                Thread.ofPlatform().name("lb-command").daemon(true).start(() -> {
                    try {
                        converse(client, commands);
                    } finally {
                        Linux.close(client);
                    }
                });
            } else if (client != -Errno.EAGAIN && client != -Errno.EINTR && client != -Errno.ECONNABORTED) {
                return;
            }
        }
    }

    private static void converse(int client, UnaryOperator<String> commands) {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(4_096);
            var pending = new ByteArrayOutputStream();
            boolean isInteractive = false;
            while (true) {
                var line = line(client, buffer, pending);
                if (line.isEmpty() || line.get().strip().equals("quit")) {
                    return;
                }
                var text = line.get().stripTrailing().endsWith("<<")
                        ? line.get() + payload(client, buffer, pending)
                        : line.get();
                if (text.strip().equals("prompt")) {
                    isInteractive = !isInteractive;
                } else if (!send(client, commands.apply(text))) {
                    return;
                }
                if (!isInteractive) {
                    return;
                }
                send(client, text.strip().equals("prompt") ? "\n> " : "> ");
            }
        }
    }

    /** The lines up to an empty one, each with a line feed before it. */
    private static String payload(int client, MemorySegment buffer, ByteArrayOutputStream pending) {
        var text = new StringBuilder();
        while (text.length() < MOST_PAYLOAD_BYTES) {
            var line = line(client, buffer, pending);
            if (line.isEmpty() || line.get().isBlank()) {
                break;
            }
            text.append('\n').append(line.get());
        }
        return text.isEmpty() ? "\n" : text.toString();
    }

    /** The next line without its end; empty when there is none. */
    private static Optional<String> line(int client, MemorySegment buffer, ByteArrayOutputStream pending) {
        while (true) {
            var bytes = pending.toByteArray();
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n') {
                    pending.reset();
                    pending.write(bytes, i + 1, bytes.length - i - 1);
                    return Optional.of(new String(bytes, 0, i, StandardCharsets.UTF_8));
                }
            }
            if (bytes.length > MOST_LINE_BYTES || Linux.poll(client, Linux.POLLIN, IDLE_MS) <= 0) {
                return Optional.empty();
            }
            int count = (int) Linux.recv(client, buffer, 0, buffer.byteSize());
            if (count <= 0) {
                // A last line may lack its end.
                pending.reset();
                return bytes.length == 0 ? Optional.empty() : Optional.of(new String(bytes, StandardCharsets.UTF_8));
            }
            pending.writeBytes(buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private static boolean send(int client, String reply) {
        var bytes = reply.getBytes(StandardCharsets.UTF_8);
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            long sent = 0;
            while (sent < bytes.length) {
                long count = Linux.send(client, memory, sent, bytes.length - sent);
                if (count > 0) {
                    sent += count;
                } else if (count != -Errno.EAGAIN || Linux.poll(client, Linux.POLLOUT, IDLE_MS) <= 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Takes a path away, unless another process has put its own there; the socket itself ends with the process. */
    @Override
    public void close() throws IOException {
        if (path.isPresent() && Files.exists(path.get()) && Objects.equals(key, key(path.get()))) {
            Files.deleteIfExists(path.get());
        }
    }
}
