package io.steelyard.launcher;

import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Asks servers by curl. Stateless. */
final class CurlCall {
    private CurlCall() {}

    /**
     * What curl gets, with the subject of the certificate it was shown. Where it fails, how it says so depends on who ends first, and is left out.
     *
     * @param call options, with {@code F/} for the folder, and a URL without port
     */
    static String text(Path folder, int port, String call) throws IOException {
        var words = List.of(call.replace("F/", folder + "/").split(" "));
        var url = words.getLast().replaceFirst("(https?://[^/]+)/", "$1:" + port + "/");
        var command = new ArrayList<>(List.of(
                "curl", "-sk", "--max-time", "60", "--noproxy", "*", "--connect-to", "::127.0.0.1:" + port, "-w"));
        command.add("\n%{http_code} %{http_version} %{redirect_url}\n%{certs}");
        command.addAll(words.subList(0, words.size() - 1));
        command.add(url);
        var text = TestCertificates.run(command, folder, "");
        var kept = new ArrayList<String>();
        for (var line : text.lines().toList()) {
            boolean isOfCertificates = line.matches("[A-Za-z0-9() -]+:.*") || line.matches("[A-Za-z0-9+/=-]+");
            if (!isOfCertificates && !line.startsWith("-----") || line.startsWith("Subject:")) {
                kept.add(line.replace(":" + port, ":PORT"));
            }
        }
        return String.join("\n", kept) + "\n";
    }

    /** Ports of 127.0.0.1 that were free. */
    static List<Integer> freePorts(int count) throws IOException {
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
}
