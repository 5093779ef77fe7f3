package io.steelyard.launcher;

import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Personality;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.pool.ClientBalancer;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Decisions without traffic. */
@Command(
        name = "pick",
        description = {
            "Shows which servers a scheduler picks, without any traffic.",
            "Prints KEY<TAB>SERVER for each key or client, and with --count a server a line; - where none can serve."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:printed", "2:the scheduler or its options are refused", "64:wrong command line"},
        mixinStandardHelpOptions = true)
final class PickCommand implements Callable<Integer> {
    @Option(names = "--scheduler", required = true, paramLabel = "NAME", description = "A scheduler of `lb plugins`.")
    private String scheduler = "";

    @Option(names = "--option", paramLabel = "K=V", description = "An option of the scheduler; may be repeated.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Option(
            names = "--server",
            required = true,
            paramLabel = "ADDR[,weight=N][,down][,backup]",
            description =
                    "A server, in order; may be repeated. Also drain, tier=N, max=N, label.KEY=VALUE. No name server is asked.")
    private List<String> servers = new ArrayList<>();

    @Option(names = "--key", paramLabel = "K", description = "What is hashed; may be repeated.")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--client",
            paramLabel = "IP[:PORT]",
            description = "A client; may be repeated. With keys, the one client of all of them.")
    private List<String> clients = new ArrayList<>();

    @Option(
            names = "--keys-from",
            paramLabel = "FILE",
            description = "Keys, one a line; - for standard input. A key that is an IP "
                    + "address is the client too, where --client is not given.")
    private @Nullable String keysFrom;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "How many flows in a row; each ends before the next begins.")
    private int count;

    @Option(names = "--hold", description = "Flows do not end: the next ones see them as open.")
    private boolean isHeld;

    @Option(names = "--seed", paramLabel = "N", description = "What random numbers start from (0).")
    private long seed;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    /** One flow to pick for. */
    private record Question(Optional<String> label, Optional<String> key, Optional<Client> client) {}

    private record Client(InetAddress address, int port) {}

    @Override
    public Integer call() throws IOException {
        if (count < 0 || clients.size() > 1 && (!keys.isEmpty() || keysFrom != null)) {
            throw new ParameterException(
                    command.commandLine(), count < 0 ? "--count is negative" : "several clients do not go with keys");
        }
        var out = command.commandLine().getOut();
        var plugins = Plugins.installed();
        var parsed = clients.stream().map(this::client).toList();
        var only = parsed.stream().findFirst();
        try (var balancer = ClientBalancer.builder(pool(plugins))
                .plugins(plugins)
                .seed(seed)
                .onEvent(event -> {})
                .start()) {
            var picking = new Picking(balancer, new Flow(seed), out);
            boolean isAsked = false;
            for (var key : keys) {
                picking.answer(question(key, only));
                isAsked = true;
            }
            if (keysFrom != null) {
                isAsked = true;
                answerLines(picking, only);
            }
            if (!isAsked && !clients.isEmpty()) {
                for (int i = 0; i < parsed.size(); i++) {
                    picking.answer(
                            new Question(Optional.of(clients.get(i)), Optional.empty(), Optional.of(parsed.get(i))));
                }
            } else if (!isAsked) {
                picking.answer(new Question(Optional.empty(), Optional.empty(), Optional.empty()));
            }
        } catch (ConfigurationException refused) {
            refused.problems().forEach(problem -> command.commandLine().getErr().println("lb: " + problem.text()));
            return 2;
        } finally {
            out.flush();
        }
        return 0;
    }

    private void answerLines(Picking picking, Optional<Client> only) throws IOException {
        try (var lines = new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    picking.answer(question(line, only));
                }
            }
        }
    }

    private InputStream open() {
        try {
            return "-".equals(keysFrom) ? System.in : new FileInputStream(String.valueOf(keysFrom));
        } catch (IOException wrong) {
            throw new ParameterException(command.commandLine(), "cannot read keys: " + wrong.getMessage(), wrong);
        }
    }

    private ServerPool pool(Plugins plugins) {
        try {
            var pool = ServerPool.builder("pick").personality(personality()).scheduler(scheduler, options);
            if (plugins.scheduler(scheduler).stream().anyMatch(SchedulerProvider::usesHashKey)) {
                // Keys are given with each flow; this only says that there are some.
                pool.hashKey("$remote_addr");
            }
            for (int i = 0; i < servers.size(); i++) {
                pool.server(ServerArgument.parse(servers.get(i), i));
            }
            return pool.build();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private Personality personality() {
        int dot = scheduler.indexOf('.');
        return switch (dot < 0 ? "" : scheduler.substring(0, dot)) {
            case "nginx" -> Personality.NGINX;
            case "haproxy" -> Personality.HAPROXY;
            case "lvs" -> Personality.LVS;
            default -> Personality.NATIVE;
        };
    }

    private static Question question(String key, Optional<Client> only) {
        return new Question(Optional.of(key), Optional.of(key), only.or(() -> clientIn(key)));
    }

    private Client client(String text) {
        return clientIn(text)
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(),
                        "'" + text + "' is not an address such as 10.0.0.1, 10.0.0.1:4711 or [::1]:4711"));
    }

    private static Optional<Client> clientIn(String text) {
        try {
            return Optional.of(new Client(ServerAddress.numericAddress(text), 0));
        } catch (IllegalArgumentException notAlone) {
            try {
                return ServerAddress.parse(text) instanceof ServerAddress.Ip ip
                        ? Optional.of(new Client(ip.address(), ip.port()))
                        : Optional.empty();
            } catch (IllegalArgumentException none) {
                return Optional.empty();
            }
        }
    }

    /** Picks and prints. */
    private final class Picking {
        private final Balancer balancer;
        private final Flow flow;
        private final PrintWriter out;

        Picking(Balancer balancer, Flow flow, PrintWriter out) {
            this.balancer = balancer;
            this.flow = flow;
            this.out = out;
        }

        void answer(Question question) {
            for (int i = Math.max(1, count); i > 0; i--) {
                flow.clear();
                question.key().ifPresent(flow::key);
                question.client().ifPresent(client -> flow.client(client.address(), client.port()));
                var lease = balancer.newLease();
                boolean isPicked = balancer.pick(flow, lease) == Balancer.Outcome.PICKED;
                question.label().ifPresent(label -> out.print(label + "\t"));
                out.println(isPicked ? lease.server().id() : "-");
                if (isPicked) {
                    lease.connected();
                    if (!isHeld) {
                        lease.completed();
                    }
                }
            }
        }
    }
}
