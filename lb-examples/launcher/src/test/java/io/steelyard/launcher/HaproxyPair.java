package io.steelyard.launcher;

import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** One haproxy.cfg, run by HAProxy and by {@code lb haproxy}, each on ports and in a folder of its own. One thread at a time. */
final class HaproxyPair implements AutoCloseable {
    private static final int TRIES = 3;

    /** One of the two. */
    record Side(String name, Path folder, List<Integer> ports, AutoCloseable process) {}

    private final List<Side> sides = new ArrayList<>();

    /**
     * Starts both.
     *
     * @param portCount how many ports each listens on
     * @param text the file, given the ports and the folder
     */
    static HaproxyPair start(Path folder, int portCount, BiFunction<List<Integer>, Path, String> text)
            throws Exception {
        var pair = new HaproxyPair();
        try {
            pair.startHaproxy(Files.createDirectory(folder.resolve("theirs")), portCount, text);
            pair.startOurs(Files.createDirectory(folder.resolve("ours")), portCount, text);
            return pair;
        } catch (Exception | AssertionError failed) {
            pair.close();
            throw failed;
        }
    }

    Side theirs() {
        return sides.getFirst();
    }

    Side ours() {
        return sides.getLast();
    }

    private void startHaproxy(Path folder, int portCount, BiFunction<List<Integer>, Path, String> text)
            throws IOException {
        var ports = new ArrayList<Integer>();
        var program = RealProgram.haproxy(folder, portCount, given -> text.apply(given, folder));
        for (int i = 0; i < portCount; i++) {
            ports.add(program.port(i));
        }
        sides.add(new Side("haproxy", folder, ports, program));
    }

    private void startOurs(Path folder, int portCount, BiFunction<List<Integer>, Path, String> text) throws Exception {
        for (int attempt = 1; ; attempt++) {
            var ports = freePorts(portCount);
            var file = Files.writeString(folder.resolve("lb.cfg"), text.apply(ports, folder));
            var lb = LbProcess.start("haproxy", "-W", "-f", file.toString());
            try {
                lb.awaitErr(line -> line.contains("Loading success"));
                sides.add(new Side("lb", folder, ports, lb));
                return;
            } catch (AssertionError failed) {
                lb.close();
                // Another program may have taken a port between our asking for it and its use.
                if (attempt == TRIES) {
                    throw failed;
                }
            }
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        for (int i = 0; i < count; i++) {
            sockets.add(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        }
        var ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (var socket : sockets) {
            socket.close();
        }
        return ports;
    }

    @Override
    public void close() throws Exception {
        for (var side : sides) {
            side.process().close();
        }
    }
}
