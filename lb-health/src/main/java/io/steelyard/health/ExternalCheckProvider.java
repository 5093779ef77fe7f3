package io.steelyard.health;

import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.pool.ServerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * {@code external}: runs a program, which ends with 0 where the server can serve (HAProxy {@code option external-check}, and its arguments and
 * environment). A probe whose time is over ends the program: by SIGTERM, and by SIGKILL where that does not help within seconds.
 */
public final class ExternalCheckProvider implements HealthCheckProvider {
    private static final String NOT_USED = "NOT_USED";
    private static final long PATIENCE_S = 5;

    /** How a program ends that cannot be run. */
    private static final int NOT_RUN = 255;

    @Override
    public String name() {
        return "external";
    }

    @Override
    public String description() {
        return "runs a program, which ends with 0 where the server can serve";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.text("command", "/bin/true", "the program; looked for in path where it has no slash"),
                OptionSpec.text("path", "", "the program's PATH; empty by default"),
                OptionSpec.text("proxy-address", NOT_USED, "its first argument: where clients come in"),
                OptionSpec.text("proxy-port", NOT_USED, "its second argument: the port where they do"),
                OptionSpec.integer("proxy-number", 1, "the number of what clients come in by"),
                OptionSpec.choice("protocol", List.of("h1", "tcp"), "what servers are spoken to in"));
    }

    @Override
    public HealthCheck create(Options options) {
        if (options.text("command").isEmpty()) {
            throw new IllegalArgumentException("command is empty, expected the path of a program");
        }
        return new Check(
                options.text("command"),
                options.text("path"),
                options.text("proxy-address"),
                options.text("proxy-port"),
                options.integer("proxy-number"),
                options.text("protocol"));
    }

    private record Check(
            String command, String path, String proxyAddress, String proxyPort, long proxyNumber, String protocol)
            implements HealthCheck {
        /** Where a server is, as the program is told. */
        private record Place(String address, String port) {}

        @Override
        public ProbeResult probe(ProbeTarget target) {
            var place = place(target);
            var builder = new ProcessBuilder(program(), proxyAddress, proxyPort, place.address(), place.port())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().clear();
            builder.environment().putAll(environment(target, place));
            Process process;
            try {
                process = builder.start();
            } catch (IOException impossible) {
                return result(
                        CheckStatus.COMMAND_FAILED, NOT_RUN, "the command cannot be run: " + impossible.getMessage());
            }
            try {
                int code = process.waitFor();
                return result(
                        code == 0 ? CheckStatus.COMMAND_PASSED : CheckStatus.COMMAND_FAILED,
                        code,
                        "the command ended with " + code);
            } catch (InterruptedException timeout) {
                end(process);
                return late("the command took too long");
            }
        }

        @Override
        public ProbeResult late(String reason) {
            return result(CheckStatus.COMMAND_TIMEOUT, 0, reason);
        }

        private static ProbeResult result(CheckStatus status, int code, String reason) {
            return ProbeResult.of(new CheckFinding(status, code, ""), reason);
        }

        private static void end(Process process) {
            process.destroy();
            CompletableFuture.delayedExecutor(PATIENCE_S, TimeUnit.SECONDS).execute(() -> {
                if (process.isAlive()) {
                    process.destroyForcibly();
                }
            });
        }

        /** As execvp(3) finds it by the program's own PATH. */
        private String program() {
            if (command.indexOf('/') < 0) {
                for (var folder : path.split(":", -1)) {
                    var found = Path.of(folder.isEmpty() ? "." : folder, command);
                    if (Files.isExecutable(found)) {
                        return found.toAbsolutePath().toString();
                    }
                }
            }
            return command;
        }

        private static Place place(ProbeTarget target) {
            return switch (target.server().address()) {
                case ServerAddress.Ip ip -> new Place(RequestBytes.text(ip.address()), Integer.toString(ip.port()));
                case ServerAddress.Unix unix -> new Place(unix.path(), "");
                case ServerAddress.Name name ->
                    new Place(
                            target.address() instanceof InetSocketAddress inet && inet.getAddress() != null
                                    ? RequestBytes.text(inet.getAddress())
                                    : name.host(),
                            Integer.toString(name.port()));
            };
        }

        private Map<String, String> environment(ProbeTarget target, Place place) {
            var server = target.server();
            var now = target.situation();
            return Map.ofEntries(
                    Map.entry("PATH", path),
                    Map.entry("HAPROXY_PROXY_NAME", now.pool()),
                    Map.entry("HAPROXY_PROXY_ID", Long.toString(proxyNumber)),
                    Map.entry("HAPROXY_PROXY_ADDR", used(proxyAddress)),
                    Map.entry("HAPROXY_PROXY_PORT", used(proxyPort)),
                    Map.entry("HAPROXY_SERVER_NAME", server.id()),
                    Map.entry("HAPROXY_SERVER_ID", Integer.toString(now.place())),
                    Map.entry("HAPROXY_SERVER_ADDR", place.address()),
                    Map.entry("HAPROXY_SERVER_PORT", place.port()),
                    Map.entry("HAPROXY_SERVER_MAXCONN", Integer.toString(server.maxConnections())),
                    Map.entry("HAPROXY_SERVER_CURCONN", Integer.toString(now.active())),
                    Map.entry("HAPROXY_SERVER_SSL", server.tls().isPresent() ? "1" : "0"),
                    Map.entry("HAPROXY_SERVER_PROTO", protocol));
        }

        private static String used(String value) {
            return value.equals(NOT_USED) ? "" : value;
        }
    }
}
