package io.steelyard.tck;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * nginx or HAProxy, run in the foreground with a configuration of the test's own on ports of 127.0.0.1 that were free, until closed. Linux
 * only: it is ready when /proc says that it listens. For tests; one thread at a time.
 */
public final class RealProgram implements AutoCloseable {
    private static final int TRIES = 5;
    private static final long PATIENCE_NS = 30_000_000_000L;
    private static final Path NGINX = Path.of("/usr/sbin/nginx");
    private static final Path HAPROXY = Path.of("/usr/sbin/haproxy");
    private static final Path STREAM_MODULE = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    private final Process process;
    private final List<Integer> ports;
    private final Path output;

    private RealProgram(Process process, List<Integer> ports, Path output) {
        this.process = process;
        this.ports = ports;
        this.output = output;
    }

    public static boolean hasNginx() {
        return Files.isExecutable(NGINX);
    }

    /** Whether nginx can load its stream module. */
    public static boolean hasNginxStream() {
        return hasNginx() && Files.exists(STREAM_MODULE);
    }

    public static boolean hasHaproxy() {
        return Files.isExecutable(HAPROXY);
    }

    /**
     * Starts nginx: one process, its files in {@code folder}.
     *
     * @param portCount how many ports it is to listen on
     * @param blocks the configuration's {@code http} and {@code stream} blocks, given the ports
     */
    public static RealProgram nginx(Path folder, int portCount, Function<List<Integer>, String> blocks)
            throws IOException {
        return start(folder, portCount, ports -> {
            var file = folder.resolve("nginx.conf");
            Files.writeString(
                    file,
                    (Files.exists(STREAM_MODULE) ? "load_module " + STREAM_MODULE + ";\n" : "")
                            + "daemon off; master_process off; pid " + folder.resolve("nginx.pid")
                            + "; error_log stderr notice;\nevents { worker_connections 256; }\n"
                            + blocks.apply(ports));
            return List.of(NGINX.toString(), "-p", folder.toString(), "-c", file.toString());
        });
    }

    /**
     * Starts HAProxy in the foreground.
     *
     * @param portCount how many ports it is to listen on
     * @param sections the configuration, given the ports
     */
    public static RealProgram haproxy(Path folder, int portCount, Function<List<Integer>, String> sections)
            throws IOException {
        return start(folder, portCount, ports -> {
            var file = folder.resolve("haproxy.cfg");
            Files.writeString(file, sections.apply(ports));
            return List.of(HAPROXY.toString(), "-db", "-f", file.toString());
        });
    }

    /** Of the ports it was given, the one at {@code index}. */
    public int port(int index) {
        return ports.get(index);
    }

    /** What it has written so far. */
    public String output() throws IOException {
        return Files.readString(output);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @FunctionalInterface
    private interface Preparation {
        List<String> command(List<Integer> ports) throws IOException;
    }

    private static RealProgram start(Path folder, int portCount, Preparation preparation) throws IOException {
        for (int i = 1; ; i++) {
            var ports = freePorts(portCount);
            var output = folder.resolve("output-" + i);
            var process = new ProcessBuilder(preparation.command(ports))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            var program = new RealProgram(process, ports, output);
            if (program.awaitListening()) {
                return program;
            }
            program.close();
            // Another program may have taken a port between our asking for it and its use.
            if (i == TRIES || !program.output().contains("ddress already in use")) {
                throw new IOException("it does not listen on " + ports + ": " + program.output());
            }
        }
    }

    private static List<Integer> freePorts(int count) {
        return IntStream.range(0, count).mapToObj(i -> FreePort.tcp()).toList();
    }

    private boolean awaitListening() throws IOException {
        long startNs = System.nanoTime();
        while (process.isAlive() && System.nanoTime() - startNs < PATIENCE_NS) {
            if (listeningPorts().containsAll(ports)) {
                return true;
            }
            LockSupport.parkNanos(20_000_000L);
        }
        return false;
    }

    /** The ports of this process's own listening sockets. */
    private Set<Integer> listeningPorts() throws IOException {
        var own = new HashSet<String>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/fd"))) {
            for (var descriptor : descriptors) {
                own.add(Files.readSymbolicLink(descriptor).toString());
            }
        } catch (IOException gone) {
            return Set.of();
        }
        var result = new HashSet<Integer>();
        for (var table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (var line : Files.readAllLines(Path.of(table))) {
                var fields = line.trim().split("\\s+");
                boolean isListening = fields.length > 9 && fields[3].equals("0A");
                if (isListening && own.contains("socket:[" + fields[9] + "]")) {
                    result.add(Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16));
                }
            }
        }
        return result;
    }
}
