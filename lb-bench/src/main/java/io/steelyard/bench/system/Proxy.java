package io.steelyard.bench.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A proxy under measurement: its process and all that this one started. */
final class Proxy implements AutoCloseable {
    /** Clock ticks a second in /proc/PID/stat, the same on every Linux (USER_HZ, proc(5)). */
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private final String name;
    private final Process process;
    private final int port;

    private Proxy(String name, Process process, int port) {
        this.name = name;
        this.process = process;
        this.port = port;
    }

    /** Starts a proxy and waits until it accepts on {@code port}. */
    static Proxy start(String name, List<String> command, int port, Path log) throws IOException {
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var proxy = new Proxy(name, process, port);
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!proxy.isAccepting()) {
            if (!process.isAlive() || System.nanoTime() - deadlineNs > 0) {
                proxy.close();
                throw new IOException(name + " does not accept connections; it said: " + Files.readString(log));
            }
            Thread.onSpinWait();
        }
        return proxy;
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    /** Processor seconds used so far, by the process and its children. */
    double cpuSeconds() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .mapToDouble(Proxy::cpuSeconds)
                .sum();
    }

    /**
     * Memory in bytes, of the process and its children: what is resident; for one that runs in Java, what is reachable on its heap, since what is
     * resident there tells how much was allocated since the last collection.
     */
    long memoryBytes() throws IOException {
        var processes = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        for (var each : processes) {
            if (each.info().command().orElse("").endsWith("/java")) {
                return liveBytes(each);
            }
        }
        return processes.stream().mapToLong(Proxy::residentBytes).sum();
    }

    private static long liveBytes(ProcessHandle java) throws IOException {
        var jcmd = Path.of(java.info().command().orElseThrow()).resolveSibling("jcmd");
        // Counting all objects collects what is not reachable first.
        var counting = new ProcessBuilder(jcmd.toString(), Long.toString(java.pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        var said = new String(counting.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var total = HISTOGRAM_TOTAL.matcher(said);
        if (!total.find()) {
            throw new IOException("the heap was not counted: " + said);
        }
        return Long.parseLong(total.group(1));
    }

    private static long residentBytes(ProcessHandle handle) {
        try (var lines = Files.lines(Path.of("/proc/" + handle.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    private static double cpuSeconds(ProcessHandle handle) {
        try {
            var stat = Files.readString(Path.of("/proc/" + handle.pid() + "/stat"));
            // After the name, which may hold anything but is the last thing in brackets.
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    private boolean isAccepting() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
