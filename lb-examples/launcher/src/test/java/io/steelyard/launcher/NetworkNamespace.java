package io.steelyard.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A host of its own for one test: a network namespace, joined to others by cables (veth). Needs root and iproute2. */
final class NetworkNamespace implements AutoCloseable {
    private final String name;
    private final List<Process> processes = new ArrayList<>();

    private NetworkNamespace(String name) {
        this.name = name;
    }

    /** Why no namespace can be made here; empty where one can. */
    static String missing() {
        try {
            if (!"root".equals(System.getProperty("user.name"))) {
                return "needs root for a network namespace";
            }
            return Files.isExecutable(Path.of("/sbin/ip")) || Files.isExecutable(Path.of("/usr/sbin/ip"))
                    ? ""
                    : "needs ip (package iproute2)";
        } catch (SecurityException hidden) {
            return hidden.getMessage();
        }
    }

    /** @param shortName at most six letters */
    static NetworkNamespace create(String shortName) throws Exception {
        var namespace =
                new NetworkNamespace("lb-" + shortName + ProcessHandle.current().pid());
        run("ip", "netns", "add", namespace.name);
        run("ip", "-n", namespace.name, "link", "set", "lo", "up");
        return namespace;
    }

    /** Joins two hosts by a cable; each end gets its addresses, with the length of their network's prefix. */
    static void join(NetworkNamespace one, List<String> ofOne, NetworkNamespace other, List<String> ofOther)
            throws Exception {
        run(
                "ip",
                "link",
                "add",
                "eth0",
                "netns",
                one.name,
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                other.name);
        one.plugIn(ofOne);
        other.plugIn(ofOther);
    }

    private void plugIn(List<String> addresses) throws Exception {
        for (var address : addresses) {
            run("ip", "-n", name, "addr", "add", address, "dev", "eth0");
        }
        run("ip", "-n", name, "link", "set", "eth0", "up");
    }

    /** Starts a program in the namespace; it is ended with it. */
    Process start(Path output, String... command) throws IOException {
        var inside = new ArrayList<>(List.of("ip", "netns", "exec", name));
        inside.addAll(List.of(command));
        var process = new ProcessBuilder(inside)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        processes.add(process);
        return process;
    }

    /** Runs a program in the namespace to its end and gives what it printed. */
    String output(Path file, String... command) throws Exception {
        var process = start(file, command);
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            throw new IOException(String.join(" ", command) + " did not end; it printed " + Files.readString(file));
        }
        return Files.readString(file);
    }

    @Override
    public void close() throws Exception {
        for (var process : processes) {
            process.destroy();
        }
        for (var process : processes) {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
        run("ip", "netns", "del", name);
    }

    private static void run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
    }
}
