package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import java.io.IOException;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps IGMP and MLD from the interfaces of virtual link-layer addresses, as a switch would learn from a backup's the wrong port; and packets from the addresses of an active router that is not their owner and whose configuration does not accept them (RFC 9568 section
 * 6.4.3 (650), Accept_Mode). nft(8) does it, with a table of our own, {@code steelyard_vrrp}; neighbour discovery passes. Called by the control
 * thread; the program runs elsewhere, one after the other, each time with the whole table.
 */
final class PacketRestriction implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PacketRestriction.class);
    private static final String TABLE = "steelyard_vrrp";

    /** By router's name. Used by the control thread. */
    private final Map<String, VirtualRouter> restricted = new TreeMap<>();

    private Set<String> quiet = Set.of();

    private Thread last = Thread.ofVirtual().unstarted(() -> {});
    private boolean hasRun;

    /** Takes away what an earlier process left. Where the table cannot be looked at, there is none of ours. */
    void removeLeftovers() {
        later(() -> {
            try {
                if (succeeds("nft", "list", "table", "inet", TABLE)) {
                    LOG.info("a table of packet rules was left by an earlier process; it is removed");
                    run(program(Map.of(), Set.of()));
                }
            } catch (IOException noProgram) {
                LOG.debug("there is no nft, and so no table of ours: {}", noProgram.getMessage());
            }
        });
    }

    /** No interface but these has its IGMP and MLD kept from leaving. */
    void quieten(Set<String> interfaces) {
        if (!quiet.equals(interfaces)) {
            quiet = Set.copyOf(interfaces);
            make();
        }
    }

    /** Begins or ends keeping packets from a router's addresses. */
    void restrict(VirtualRouter router, boolean isRestricted) {
        if (isRestricted) {
            restricted.put(router.name(), router);
        } else if (restricted.remove(router.name()) == null) {
            return;
        }
        make();
    }

    private void make() {
        var program = program(restricted, quiet);
        later(() -> {
            try {
                run(program);
            } catch (IOException failed) {
                LOG.error("packet rules of virtual routers cannot be made: nft: {}", failed.getMessage());
            }
        });
    }

    private interface Task {
        void run() throws InterruptedException;
    }

    /** After what was begun before. */
    private void later(Task task) {
        var before = hasRun ? last : null;
        hasRun = true;
        last = Thread.ofPlatform().name("vrrp-nft").daemon().start(() -> {
            try {
                if (before != null) {
                    before.join();
                }
                task.run();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static boolean succeeds(String... words) throws IOException, InterruptedException {
        var process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }

    /** What nft is told: the table, made anew in one transaction. Pure. */
    static String program(Map<String, VirtualRouter> routers, Set<String> quiet) {
        var begin = "table inet " + TABLE + "\ndelete table inet " + TABLE + "\n";
        if (routers.isEmpty() && quiet.isEmpty()) {
            return begin;
        }
        var silence = new TreeSet<>(quiet)
                .stream()
                        .map(name -> "    oifname \"" + name + "\" ip protocol igmp drop\n    oifname \"" + name
                                + "\" icmpv6 type { 130, 131, 132, 143 } drop\n")
                        .collect(Collectors.joining());
        var rules = routers.values().stream()
                .flatMap(router -> java.util.stream.Stream.concat(
                        router.addresses().stream(), router.excludedAddresses().stream()))
                .map(PacketRestriction::rules)
                .collect(Collectors.joining());
        return begin + "table inet " + TABLE
                + " {\n  chain input {\n    type filter hook input priority -1; policy accept;\n"
                + "    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n" + rules
                + "  }\n  chain output {\n    type filter hook output priority -1; policy accept;\n" + silence
                + "  }\n}\n";
    }

    private static String rules(VirtualAddress address) {
        return "    " + (address.address() instanceof Inet6Address ? "ip6" : "ip") + " daddr "
                + address.address().getHostAddress() + " drop\n";
    }

    private static void run(String program) throws IOException, InterruptedException {
        var process = new ProcessBuilder("nft", "-f", "-")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.PIPE)
                .directory(Path.of("/").toFile())
                .start();
        try (var in = process.getOutputStream()) {
            in.write(program.getBytes(StandardCharsets.US_ASCII));
        }
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(output.strip());
        }
    }

    /** Waits until the last change is made. For all threads. */
    @Override
    public void close() {
        await();
    }

    /** Waits until the last change is made. */
    void await() {
        try {
            if (hasRun) {
                last.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
