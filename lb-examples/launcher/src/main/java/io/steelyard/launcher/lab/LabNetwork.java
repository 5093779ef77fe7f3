package io.steelyard.launcher.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hosts on one switch, each a network namespace of its own with one interface. Named after this process and
 * counted in it, so that several may be there at once. Needs root and ip (iproute2).
 */
final class LabNetwork implements AutoCloseable {
    private static final AtomicInteger MADE = new AtomicInteger();

    private final String prefix = "lb-lab" + ProcessHandle.current().pid() + "-" + MADE.incrementAndGet() + "-";
    private final List<String> namespaces = new CopyOnWriteArrayList<>();

    /** Guarded by itself: what runs on the hosts; nothing is started any more once it is closed. */
    private final List<Process> processes = new ArrayList<>();

    private boolean isClosed;

    private LabNetwork() {}

    /**
     * A switch without hosts.
     *
     * @throws IOException where the machine refuses it, with what ip said
     */
    static LabNetwork create() throws IOException {
        var network = new LabNetwork();
        try {
            network.add("switch");
            network.ip("switch", "link", "add", "br0", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0");
            network.ip("switch", "link", "set", "br0", "up");
            return network;
        } catch (IOException failed) {
            network.close();
            throw failed;
        }
    }

    private void add(String host) throws IOException {
        run("ip", "netns", "add", prefix + host);
        namespaces.add(prefix + host);
        ip(host, "link", "set", "lo", "up");
    }

    /**
     * One more host.
     *
     * @param interfaceName of its only interface
     * @param addresses with the lengths of their prefixes
     */
    void plugIn(String host, String interfaceName, String... addresses) throws IOException {
        add(host);
        run(
                "ip",
                "link",
                "add",
                interfaceName,
                "netns",
                prefix + host,
                "type",
                "veth",
                "peer",
                "name",
                host,
                "netns",
                prefix + "switch");
        ip("switch", "link", "set", "dev", host, "master", "br0", "up");
        for (var address : addresses) {
            ip(host, "address", "add", address, "dev", interfaceName);
        }
        ip(host, "link", "set", interfaceName, "up");
    }

    /** Starts a program on a host; its standard error joins its output. */
    Process start(String host, List<String> command) throws IOException {
        var whole = new ArrayList<>(List.of("ip", "netns", "exec", prefix + host));
        whole.addAll(command);
        return started(whole);
    }

    private Process started(List<String> command) throws IOException {
        synchronized (processes) {
            if (isClosed) {
                throw new IOException("the laboratory is closed");
            }
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            processes.add(process);
            return process;
        }
    }

    /** Starts ip on a host, for what goes on printing. */
    Process startIp(String host, String... arguments) throws IOException {
        return started(ipCommand(host, arguments));
    }

    private void ip(String host, String... arguments) throws IOException {
        run(ipCommand(host, arguments).toArray(String[]::new));
    }

    private List<String> ipCommand(String host, String... arguments) {
        var command = new ArrayList<>(List.of("ip", "-n", prefix + host));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void run(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("'" + String.join(" ", command) + "' failed: " + output.strip());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in '" + String.join(" ", command) + "'");
        }
    }

    /** Ends whatever still runs on the hosts, and takes everything away. Again without effect. */
    @Override
    public void close() {
        synchronized (processes) {
            isClosed = true;
            processes.forEach(Process::destroyForcibly);
        }
        for (var namespace : namespaces.reversed()) {
            try {
                run("ip", "netns", "delete", namespace);
            } catch (IOException left) {
                System.err.println("lb: " + left.getMessage());
            }
        }
        namespaces.clear();
    }
}
