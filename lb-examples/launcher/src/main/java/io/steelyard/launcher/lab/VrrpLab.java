package io.steelyard.launcher.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Two balancers that share an address, two servers behind them and a client, each on a host of its own. The active balancer is killed, comes
 * back, and is ended in order; the client asks all the while.
 *
 * <pre>
 *   a 10.88.0.1   b 10.88.0.2   servers 10.88.0.21, .22   client 10.88.0.9      floating: 10.88.0.100
 *     └─────────────┴───────────── switch ──────────────────┘
 * </pre>
 */
@Command(
        name = "vrrp",
        description = {
            "Two balancers with a floating address, two servers and a client: kills the active one, lets it come back, ends it in order.",
            "Prints what each did and when, who had the address, and the client's longest time without an answer. Needs root."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:the address moved each time",
            "1:it did not, or the laboratory could not be built",
            "64:wrong command line"
        },
        mixinStandardHelpOptions = true)
final class VrrpLab implements Callable<Integer> {
    private static final String FLOATING = "10.88.0.100";
    private static final Map<String, Integer> PRIORITIES = Map.of("a", 150, "b", 100);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Answers that the client gets before something else is done. */
    private static final int CALM = 50;

    private static final Pattern CHANGE = Pattern.compile(
            "virtual router '\\w+': (?<from>\\w+) -> (?<to>\\w+) with priority (?<priority>\\d+), because of (?<reason>\\w+)");

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Between two adverts, 0.01 to 10; ${DEFAULT-VALUE} by default.")
    private double intervalSeconds;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    private final Observed observed = new Observed();
    private final GapMeter gap = new GapMeter();
    private final List<LabNode> running = new ArrayList<>();
    private final Map<String, LabNode> balancers = new LinkedHashMap<>();
    private final List<String> summary = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(intervalSeconds >= 0.01 && intervalSeconds <= 10)) {
            throw new ParameterException(
                    command.commandLine(), "--interval is " + intervalSeconds + "; expected 0.01 to 10");
        }
        var err = command.commandLine().getErr();
        if (!"root".equals(System.getProperty("user.name"))) {
            err.println("lb: network namespaces need root; try: sudo ./lb lab vrrp");
            return 1;
        }
        var out = command.commandLine().getOut();
        var folder = Files.createTempDirectory("lb-lab");
        try (var network = LabNetwork.create()) {
            var cleaner = new Thread(() -> clean(network, folder));
            Runtime.getRuntime().addShutdownHook(cleaner);
            try {
                return tour(network, folder, new Timeline(out), out) ? 0 : 1;
            } finally {
                Runtime.getRuntime().removeShutdownHook(cleaner);
                endAll();
            }
        } finally {
            remove(folder);
        }
    }

    private boolean tour(LabNetwork network, Path folder, Timeline timeline, PrintWriter out)
            throws IOException, InterruptedException {
        build(network, folder, timeline);
        boolean isWell = await("a", timeline);
        long downNs = seconds(3 + (256 - PRIORITIES.get("b")) / 256.0);
        long skewNs = seconds((256 - PRIORITIES.get("b")) / 256.0);
        isWell = isWell && step("a is killed (SIGKILL)", "b", downNs, timeline, () -> kill("a"));
        isWell = isWell
                && step(
                        "a comes back",
                        "a",
                        0,
                        timeline,
                        () -> balancers.put("a", start(network, folder, "a", timeline)));
        isWell = isWell && step("a is ended in order (SIGTERM)", "b", skewNs, timeline, () -> terminate("a", timeline));
        if (isWell) {
            timeline.head("b ends, too");
            terminate("b", timeline);
            isWell = observed.await(now -> now.holders().isEmpty(), LIMIT);
        }
        out.printf("%n%-34s %14s %14s %18s%n", "", "VRRP's bound", "active after", "client's gap");
        summary.forEach(out::println);
        out.printf(
                Locale.ROOT,
                "%ntwo machines had the address at once for %.3f s in all%n",
                observed.sharedNs(System.nanoTime()) / 1e9);
        out.println(isWell ? "the address moved each time" : "the address did not move: see above");
        out.flush();
        return isWell;
    }

    private long seconds(double intervals) {
        return (long) (intervals * intervalSeconds * 1e9);
    }

    // ---- the network

    private void build(LabNetwork network, Path folder, Timeline timeline) throws IOException {
        network.plugIn("a", "eth0", "10.88.0.1/24");
        network.plugIn("b", "eth0", "10.88.0.2/24");
        network.plugIn("servers", "eth0", "10.88.0.21/24", "10.88.0.22/24");
        network.plugIn("client", "eth0", "10.88.0.9/24");
        timeline.tell(
                "lab",
                "two balancers a (priority 150) and b (priority 100), two servers, a client; " + FLOATING
                        + " floats; an advert every " + intervalSeconds + " s");
        for (var host : PRIORITIES.keySet()) {
            Files.writeString(folder.resolve(host + ".keepalived.conf"), keepalived(PRIORITIES.get(host)));
        }
        Files.writeString(folder.resolve("balancer.nginx.conf"), """
                http {
                    upstream servers { server 10.88.0.21:80; server 10.88.0.22:80; }
                    server { listen 80; location / { proxy_pass http://servers; proxy_connect_timeout 1s; } }
                }
                """);
        Files.writeString(folder.resolve("servers.nginx.conf"), """
                http {
                    server { listen 10.88.0.21:80; return 200 "server one"; }
                    server { listen 10.88.0.22:80; return 200 "server two"; }
                }
                """);
        for (var host : List.of("a", "b")) {
            running.add(LabNode.of(
                    network.startIp(host, "-o", "monitor", "address"), line -> addressChanged(host, line, timeline)));
        }
        running.add(LabNode.lb(
                network,
                "servers",
                List.of("run", folder.resolve("servers.nginx.conf").toString()),
                line -> {}));
        running.add(LabNode.java(
                network, "client", LabClient.class, List.of(FLOATING, "80"), line -> clientSaid(line, timeline)));
        for (var host : List.of("b", "a")) {
            balancers.put(host, start(network, folder, host, timeline));
        }
    }

    private String keepalived(int priority) {
        return String.format(Locale.ROOT, """
                vrrp_instance web {
                    state BACKUP
                    interface eth0
                    virtual_router_id 51
                    version 3
                    priority %d
                    advert_int %.2f
                    virtual_ipaddress { %s/24 }
                }
                """, priority, intervalSeconds, FLOATING);
    }

    private LabNode start(LabNetwork network, Path folder, String host, Timeline timeline) throws IOException {
        return LabNode.lb(
                network,
                host,
                List.of(
                        "run",
                        "--control",
                        folder.resolve(host + ".control").toString(),
                        folder.resolve(host + ".keepalived.conf").toString(),
                        folder.resolve("balancer.nginx.conf").toString()),
                line -> balancerSaid(host, line, timeline));
    }

    // ---- what is observed

    private void balancerSaid(String host, String line, Timeline timeline) {
        var change = CHANGE.matcher(line);
        if (change.find()) {
            observed.state(host, change.group("to"));
            timeline.tell(
                    host,
                    change.group("from") + " -> " + change.group("to") + ", priority " + change.group("priority") + ": "
                            + change.group("reason").toLowerCase(Locale.ROOT).replace('_', ' '));
        } else if (line.contains(" WARN ") || line.contains(" ERROR ")) {
            timeline.tell(host, line.substring(line.indexOf(' ') + 1));
        } else if (line.startsWith("ready ")) {
            timeline.tell(host, line);
        }
    }

    private void addressChanged(String host, String line, Timeline timeline) {
        if (line.contains(" " + FLOATING + "/")) {
            boolean isHolder = !line.startsWith("Deleted");
            if (observed.holds(host, isHolder, System.nanoTime())) {
                timeline.tell(host, (isHolder ? "has " : "has no longer ") + FLOATING);
            }
        }
    }

    private String lastAnswer = "";

    private void clientSaid(String line, Timeline timeline) {
        boolean isAnswer = line.startsWith("+ ");
        if (isAnswer) {
            gap.answered(System.nanoTime());
            observed.changed();
        }
        var kind = isAnswer ? "gets answers" : "gets no answer: " + line.substring(Math.min(2, line.length()));
        if (!lastAnswer.equals(kind) && (isAnswer || lastAnswer.isEmpty() || lastAnswer.equals("gets answers"))) {
            timeline.tell("client", kind);
            lastAnswer = kind;
        }
    }

    // ---- what is done

    private interface Action {
        void run() throws IOException, InterruptedException;
    }

    /** @param boundNs after which the other machine is active at the latest by VRRP's timers; 0 for none */
    private boolean step(String what, String next, long boundNs, Timeline timeline, Action action)
            throws IOException, InterruptedException {
        timeline.head(what);
        gap.begin();
        long beginNs = System.nanoTime();
        action.run();
        if (!await(next, timeline)) {
            return false;
        }
        summary.add(String.format(
                Locale.ROOT,
                "%-34s %14s %14s %15.3f s",
                what,
                boundNs == 0 ? "-" : String.format(Locale.ROOT, "%.3f s", boundNs / 1e9),
                boundNs == 0 ? "-" : String.format(Locale.ROOT, "%.3f s", (activeNs - beginNs) / 1e9),
                gap.longestNs() / 1e9));
        return true;
    }

    private long activeNs;

    /** Until a host is active, has the address alone, and the client is served in peace. */
    private boolean await(String host, Timeline timeline) throws InterruptedException {
        boolean isActive = observed.await(now -> now.state(host).equals("ACTIVE"), LIMIT);
        activeNs = System.nanoTime();
        boolean isHolder = isActive && observed.await(now -> now.holders().equals(java.util.Set.of(host)), LIMIT);
        int before = gap.answers();
        boolean isServing = isHolder && observed.await(now -> gap.answers() >= before + CALM, LIMIT);
        if (!isServing) {
            timeline.tell(
                    "lab",
                    "within " + LIMIT.toSeconds() + " s " + host
                            + (isActive
                                    ? isHolder ? " did not serve the client" : " did not have the address alone"
                                    : " did not become active"));
        }
        return isServing;
    }

    private void kill(String host) throws InterruptedException {
        observed.state(host, "");
        balancers.remove(host).kill();
    }

    private void terminate(String host, Timeline timeline) throws InterruptedException {
        int code = balancers.remove(host).terminate();
        observed.state(host, "");
        timeline.tell(host, "ended with exit code " + code);
    }

    // ---- the end

    private void endAll() throws InterruptedException {
        for (var node : balancers.values()) {
            node.terminate();
        }
        for (var node : running.reversed()) {
            node.kill();
        }
    }

    /** For a laboratory that is interrupted. */
    private static void clean(LabNetwork network, Path folder) {
        network.close();
        remove(folder);
    }

    private static void remove(Path folder) {
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException left) {
            System.err.println("lb: " + folder + " is left: " + left.getMessage());
        }
    }
}
