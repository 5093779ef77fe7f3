package io.steelyard.bench.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Two network namespaces joined by a cable, a program for virtual routers in each, and who has the address 10.77.1.1. */
final class VrrpPair implements AutoCloseable {
    private static final String ADDRESS = " 10.77.1.1/";
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final AtomicInteger MADE = new AtomicInteger();

    private final String program;
    private final String lb;
    private final Path folder;
    private final String[] hosts = new String[2];
    private final @Nullable Process[] processes = new Process[2];
    private final List<Process> monitors = new ArrayList<>();

    /** Guarded by this: since when each has the address as the kernel says, 0 where it has not; whether each said it is a backup. */
    private final long[] heldSinceNs = new long[2];

    private final boolean[] isBackup = new boolean[2];
    private int holder = -1;

    /** Guarded by this: what the program of each printed since it was started. */
    private final String[] lastSaid = {"", ""};

    private VrrpPair(String program, String lb, Path folder) {
        this.program = program;
        this.lb = lb;
        this.folder = folder;
        int number = MADE.incrementAndGet();
        for (int i = 0; i < 2; i++) {
            hosts[i] = "lb-vrrp" + ProcessHandle.current().pid() + "-" + number + "-" + i;
        }
    }

    /** @param files node0.conf and node1.conf */
    static VrrpPair create(String program, String lb, Map<String, String> files)
            throws IOException, InterruptedException {
        var folder = VrrpComparison.write(Files.createTempDirectory("lb-vrrp"), files);
        var pair = new VrrpPair(program, lb, folder);
        for (var host : pair.hosts) {
            run("ip", "netns", "add", host);
            run("ip", "-n", host, "link", "set", "lo", "up");
        }
        run(
                "ip",
                "link",
                "add",
                "eth0",
                "netns",
                pair.hosts[0],
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                pair.hosts[1]);
        for (int i = 0; i < 2; i++) {
            run("ip", "-n", pair.hosts[i], "address", "add", "10.77.0." + (i + 1) + "/24", "dev", "eth0");
            run("ip", "-n", pair.hosts[i], "link", "set", "eth0", "up");
            int node = i;
            var monitor = new ProcessBuilder("ip", "-n", pair.hosts[i], "-o", "monitor", "address").start();
            pair.monitors.add(monitor);
            read(monitor, line -> pair.changed(node, line));
        }
        return pair;
    }

    /** Starts the program of a machine. */
    void start(int node) throws IOException {
        synchronized (this) {
            isBackup[node] = false;
            lastSaid[node] = "";
        }
        // keepalived does not start where a file names a process that has ended and is not reaped yet.
        Files.deleteIfExists(folder.resolve("pid" + node));
        Files.deleteIfExists(folder.resolve("vrrp" + node));
        var file = folder.resolve("node" + node + ".conf").toString();
        var command = new ArrayList<>(List.of("ip", "netns", "exec", hosts[node]));
        command.addAll(
                program.equals("lb")
                        ? List.of(
                                lb,
                                "run",
                                "--control",
                                folder.resolve("control" + node).toString(),
                                file)
                        : List.of(
                                "keepalived",
                                "-n",
                                "-l",
                                "-D",
                                "-P",
                                "-f",
                                file,
                                "-p",
                                folder.resolve("pid" + node).toString(),
                                "-r",
                                folder.resolve("vrrp" + node).toString()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes[node] = process;
        read(process, line -> said(node, line));
    }

    private synchronized void changed(int node, String line) {
        if (!line.contains(ADDRESS)) {
            return;
        }
        if (line.startsWith("Deleted")) {
            heldSinceNs[node] = 0;
        } else if (heldSinceNs[node] == 0) {
            heldSinceNs[node] = System.nanoTime();
            holder = node;
        }
        notifyAll();
    }

    private synchronized void said(int node, String line) {
        lastSaid[node] += line + "\n";
        if (line.contains("Entering BACKUP STATE") || line.contains("INITIALIZE -> BACKUP")) {
            isBackup[node] = true;
            notifyAll();
        }
    }

    /** Waits until another machine than this has the address. @return which */
    synchronized int awaitHolder(int other) throws InterruptedException {
        await(() -> holder >= 0 && holder != other && heldSinceNs[holder] != 0, "nobody took the address");
        return holder;
    }

    synchronized long heldSinceNs(int node) {
        return heldSinceNs[node];
    }

    /** Waits until a machine that was started listens. */
    synchronized void awaitBackup(int node) throws InterruptedException {
        await(() -> isBackup[node], program + " did not become a backup");
    }

    private synchronized void await(BooleanSupplier condition, String otherwise) throws InterruptedException {
        long deadlineNs = System.nanoTime() + LIMIT_NS;
        while (!condition.getAsBoolean()) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new IllegalStateException(otherwise + "; the machines said:\n" + String.join("\n", lastSaid));
            }
            wait(leftMs);
        }
    }

    /** Ends a machine's program as a power cut would. */
    void kill(int node) throws InterruptedException {
        var process = processes[node];
        if (process != null) {
            var all = tree(process);
            all.forEach(ProcessHandle::destroyForcibly);
            process.waitFor();
            processes[node] = null;
        }
    }

    private static List<ProcessHandle> tree(Process process) {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
    }

    /** What a machine's program has used so far. */
    double processorSeconds(int node) throws IOException {
        double ticks = 0;
        var process = processes[node];
        for (var each : process == null ? List.<ProcessHandle>of() : tree(process)) {
            var stat = Files.readString(Path.of("/proc/" + each.pid() + "/stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks / 100;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        kill(0);
        kill(1);
        monitors.forEach(Process::destroyForcibly);
        for (var host : hosts) {
            run("ip", "netns", "delete", host);
        }
        for (var file :
                Arrays.asList(java.util.Objects.requireNonNull(folder.toFile().listFiles()))) {
            Files.delete(file.toPath());
        }
        Files.delete(folder);
    }

    private static void read(Process process, Consumer<String> lines) {
        Thread.ofPlatform().daemon(true).start(() -> {
            try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (var line = in.readLine(); line != null; line = in.readLine()) {
                    lines.accept(line);
                }
            } catch (IOException ended) {
                // A killed program's output ends like that.
            }
        });
    }

    private static void run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
    }
}
