package io.steelyard.core.datagram;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The DNS client dig. */
final class Dig {
    static final Path PROGRAM = Path.of("/usr/bin/dig");

    private Dig() {}

    /** Asks for an address once, over UDP. @return the answer, or what dig says instead */
    static String ask(String from, String server, int port) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "-b",
                        from,
                        "@" + server,
                        "-p",
                        "" + port,
                        "+short",
                        "+notcp",
                        "+tries=1",
                        "+time=20",
                        Dnsmasq.NAME,
                        "A")
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        process.waitFor();
        return output.strip();
    }
}
