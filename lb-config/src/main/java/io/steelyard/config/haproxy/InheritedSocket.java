package io.steelyard.config.haproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Where a listening socket that this process inherited is bound, as the kernel tells below {@code /proc} (proc_net(5)). */
final class InheritedSocket {
    private static final Pattern SOCKET = Pattern.compile("socket:\\[([0-9]+)]");
    private static final String LISTENING = "0A";

    private InheritedSocket() {}

    /** @throws IllegalArgumentException where the descriptor is no listening TCP socket */
    static InetSocketAddress address(int descriptor) {
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
            var socket = SOCKET.matcher(target.toString());
            if (socket.matches()) {
                for (var table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
                    for (var line : Files.readAllLines(Path.of(table))) {
                        var cells = line.strip().split(" +");
                        if (cells.length > 9 && cells[9].equals(socket.group(1)) && cells[3].equals(LISTENING)) {
                            return parse(cells[1]);
                        }
                    }
                }
            }
        } catch (IOException notThere) {
            throw new IllegalArgumentException("this process inherited no descriptor " + descriptor, notThere);
        }
        throw new IllegalArgumentException("descriptor " + descriptor + " is no listening TCP socket");
    }

    /** Of {@code 0100007F:1F90}, whose address is in words of the machine's byte order: 127.0.0.1 and 8080. */
    static InetSocketAddress parse(String text) {
        int colon = text.indexOf(':');
        var bytes = ByteBuffer.allocate(colon / 2).order(ByteOrder.nativeOrder());
        for (int at = 0; at < colon; at += 8) {
            bytes.putInt((int) Long.parseLong(text.substring(at, at + 8), 16));
        }
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(bytes.array()), Integer.parseInt(text.substring(colon + 1), 16));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
