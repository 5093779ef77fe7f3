package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real nginx in one process, with a stream block of ours. Needs the packages nginx and libnginx-mod-stream. */
final class Nginx implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
    private static final Path STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    private final Process process;

    private Nginx(Process process) {
        this.process = process;
    }

    static boolean isInstalled() {
        return Files.isExecutable(PROGRAM) && Files.exists(STREAM);
    }

    /**
     * Starts it and waits until it has bound its UDP ports of 127.0.0.1.
     *
     * @param folder an empty one
     */
    static Nginx start(Path folder, String streamBlock, List<Integer> udpPorts) throws IOException {
        var file = Files.writeString(folder.resolve("nginx.conf"), """
                load_module %s;
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log error.log info;
                events {}
                stream {
                %s
                }
                """.formatted(STREAM, streamBlock));
        var output = folder.resolve("output");
        var process = new ProcessBuilder(
                        PROGRAM.toString(), "-c", file.toString(), "-p", folder.toString(), "-e", "error.log")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !process.isAlive() || udpPorts.stream().allMatch(Nginx::isBound));
        assertThat(process.isAlive()).as(() -> read(output)).isTrue();
        return new Nginx(process);
    }

    private static boolean isBound(int port) {
        try (var probe = new DatagramSocket(new InetSocketAddress("127.0.0.1", port))) {
            return !probe.isBound();
        } catch (IOException taken) {
            return true;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            return failed.toString();
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
