package io.steelyard.launcher.haproxy;

import io.steelyard.admin.runtime.Identity;
import io.steelyard.admin.runtime.Level;
import io.steelyard.admin.runtime.RuntimeCommands;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Status;
import io.steelyard.api.Status.PoolStatus;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.tls.SubstituteFile;
import io.steelyard.config.haproxy.ProcessStatements;
import io.steelyard.core.Steelyard;
import io.steelyard.launcher.CommandSocket;
import io.steelyard.launcher.Supervisor;
import io.steelyard.launcher.haproxy.HaproxyProgram.Reading;
import io.steelyard.linux.Linux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * A running {@code lb haproxy}. Master and worker are one process, so that it is the one to signal in every mode. Signals only put an order
 * into a queue, which the main thread carries out one by one.
 */
final class HaproxyRun {
    private static final int SIGTERM = 15;
    private static final int SIGUSR1 = 10;
    private static final int INTERRUPTED = 130;

    private final HaproxyProgram program;
    private final HaproxyArguments arguments;
    private final Supervisor supervisor;
    private final Plugins plugins = Plugins.installed();
    private final long pid = ProcessHandle.current().pid();
    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private final List<CommandSocket> sockets = new ArrayList<>();

    /** Used by {@link #telling} alone. */
    private final HealthLog health = new HealthLog();

    /** One line at a time, and in order; the control thread must not wait for logs. */
    private final ExecutorService telling = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("lb-tell").daemon(true).factory());

    private @Nullable Path pidFile;

    private enum Order {
        INTERRUPT,
        STOP,
        FINISH,
        RELOAD,
        REPORT,
        FINISHED
    }

    HaproxyRun(HaproxyProgram program, HaproxyArguments arguments, Supervisor supervisor) {
        this.program = program;
        this.arguments = arguments;
        this.supervisor = supervisor;
    }

    int run() throws InterruptedException {
        onSignal("INT", Order.INTERRUPT);
        onSignal("TERM", Order.STOP);
        onSignal("USR1", Order.FINISH);
        onSignal("USR2", Order.RELOAD);
        onSignal("HUP", Order.REPORT);
        var reading = program.read(plugins);
        program.tell(reading);
        if (reading.configuration().isEmpty() || reading.process().isEmpty()) {
            return 1;
        }
        var process = reading.process().get();
        var log = new ProcessLog(process, node());
        LoadBalancer balancer;
        try {
            var starting = Steelyard.builder().plugins(plugins);
            if (!arguments.finishes().isEmpty() || !arguments.terminates().isEmpty()) {
                starting.takeOver();
            }
            balancer = starting.start(reading.configuration().get());
        } catch (ConfigurationException refused) {
            refused(reading, refused);
            return 1;
        }
        var commands = new RuntimeCommands(
                balancer, new Identity("HAProxy", HaproxyProgram.VERSION, node(), pid), System::currentTimeMillis);
        balancer.onEvent(event -> telling.execute(() -> tell(event, balancer, log)));
        try (balancer) {
            if (!openSockets(process, commands) || !writePid(process)) {
                return 1;
            }
            end(arguments.finishes(), SIGUSR1);
            end(arguments.terminates(), SIGTERM);
            if (isMaster(process)) {
                say("NOTICE", "New worker (" + pid + ") forked");
                say("NOTICE", "Loading success.");
            }
            if (arguments.notifies()) {
                ServiceNotice.send("READY=1\nSTATUS=Ready.\n");
            }
            supervisor.tellReady();
            return serve(balancer, commands, log, isMaster(process));
        } finally {
            close();
        }
    }

    private boolean isMaster(ProcessStatements process) {
        return arguments.isMaster() || process.isMaster();
    }

    private void refused(Reading reading, ConfigurationException refused) {
        for (var problem : reading.located(refused)) {
            var bound =
                    problem.what().startsWith("cannot bind") || problem.what().startsWith("cannot listen");
            System.err.println(
                    bound
                            ? HaproxyMessages.line(
                                    "ALERT",
                                    pid,
                                    "Binding : Starting proxy : cannot bind socket (" + problem.what() + ")")
                            : HaproxyMessages.line(problem, pid));
        }
        say("ALERT", "[haproxy.main()] Some protocols failed to start their listeners! Exiting.");
    }

    private void say(String level, String text) {
        if (!arguments.isQuiet()) {
            System.err.println(HaproxyMessages.line(level, pid, text));
        }
    }

    private static String node() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }

    private boolean openSockets(ProcessStatements process, RuntimeCommands commands) {
        try {
            for (var socket : process.statsSockets()) {
                var level = switch (socket.level()) {
                    case "admin" -> Level.ADMIN;
                    case "user" -> Level.USER;
                    default -> Level.OPERATOR;
                };
                sockets.add(
                        CommandSocket.open(socket.address(), socket.mode(), line -> commands.executeLine(line, level)));
            }
            if (arguments.masterSocket().isPresent()) {
                sockets.add(CommandSocket.open(
                        arguments.masterSocket().get(),
                        Optional.empty(),
                        line -> commands.executeLine(line, Level.ADMIN)));
            }
            return true;
        } catch (IOException | IllegalArgumentException failed) {
            say("ALERT", "Binding : " + failed.getMessage());
            return false;
        }
    }

    private boolean writePid(ProcessStatements process) {
        // As in HAProxy, a process in the foreground without -W writes it only where the command line says so.
        var wanted = arguments.pidFile().or(process::pidFile);
        if (wanted.isEmpty()) {
            return true;
        }
        var path = Path.of(wanted.get());
        try {
            Files.writeString(path, pid + "\n");
            pidFile = path;
            return true;
        } catch (IOException failed) {
            say("ALERT", "[haproxy.main()] Cannot create pidfile " + path);
            return false;
        }
    }

    private void end(List<Long> processes, int signal) {
        for (var other : processes) {
            if (other != pid && other > 0) {
                Linux.signal(other, signal);
            }
        }
    }

    private void close() {
        for (var socket : sockets) {
            try {
                socket.close();
            } catch (IOException failed) {
                say("WARNING", "stats socket: " + failed.getMessage());
            }
        }
        telling.shutdown();
        var written = pidFile;
        if (written != null && arguments.isMaster()) {
            try {
                Files.deleteIfExists(written);
            } catch (IOException failed) {
                say("WARNING", "pidfile: " + failed.getMessage());
            }
        }
    }

    private int serve(LoadBalancer balancer, RuntimeCommands commands, ProcessLog log, boolean isMaster)
            throws InterruptedException {
        while (true) {
            switch (orders.take()) {
                case INTERRUPT -> {
                    return isMaster && !arguments.isDebugging() ? INTERRUPTED : 0;
                }
                case STOP -> {
                    say("WARNING", "Exiting Master process...", isMaster);
                    return 0;
                }
                case FINISHED -> {
                    balancer.configuration()
                            .pools()
                            .forEach(pool -> say("WARNING", "Proxy " + pool.name() + " stopped."));
                    return 0;
                }
                case FINISH -> {
                    log.log(ProcessLog.NOTICE, "Stopping proxies: nothing new is accepted.");
                    Thread.ofPlatform().name("lb-drain").daemon(true).start(() -> {
                        balancer.drain(balancer.configuration().settings().drainTimeout());
                        orders.add(Order.FINISHED);
                    });
                }
                case RELOAD -> {
                    if (isMaster) {
                        reload(balancer, commands, log);
                    }
                }
                case REPORT -> {
                    if (isMaster) {
                        reload(balancer, commands, log);
                    } else {
                        report(balancer, log);
                    }
                }
            }
        }
    }

    private void say(String level, String text, boolean isWanted) {
        if (isWanted) {
            say(level, text);
        }
    }

    private void reload(LoadBalancer balancer, RuntimeCommands commands, ProcessLog log) {
        if (arguments.notifies()) {
            ServiceNotice.send("RELOADING=1\nSTATUS=Reloading Configuration.\n");
        }
        say("NOTICE", "Reloading HAProxy");
        var reading = program.read(plugins);
        program.tell(reading);
        var substitutes = SubstituteFile.forgetAll();
        try {
            if (reading.configuration().isPresent()) {
                balancer.apply(reading.configuration().get());
                reading.process().ifPresent(log::use);
                commands.onReload();
                say("NOTICE", "New worker (" + pid + ") forked");
                say("NOTICE", "Loading success.");
            } else {
                SubstituteFile.restore(substitutes);
                say("WARNING", "Loading failure!");
            }
        } catch (ConfigurationException failed) {
            SubstituteFile.restore(substitutes);
            refused(reading, failed);
            say("WARNING", "Loading failure!");
        }
        if (arguments.notifies()) {
            ServiceNotice.send("READY=1\nSTATUS=Ready.\n");
        }
    }

    private static void report(LoadBalancer balancer, ProcessLog log) {
        for (var pool : balancer.status().pools()) {
            for (var server : pool.servers()) {
                log.log(
                        ProcessLog.NOTICE,
                        "Server " + pool.name() + "/" + server.id() + " is " + server.health() + ". Conn: "
                                + server.active() + " act, " + pool.queued() + " pend, " + server.served() + " tot.");
            }
        }
    }

    private void tell(Event event, LoadBalancer balancer, ProcessLog log) {
        switch (event) {
            case Event.ServerProbed probed -> tell(probed, balancer, log);
            case Event.ServerHealthChanged changed -> tell(changed, balancer, log);
            case Event.ServerStopping changed -> tell(changed, balancer, log);
            case Event.Trouble trouble -> say("WARNING", trouble.toString());
            default -> {}
        }
    }

    private void tell(Event.ServerProbed probed, LoadBalancer balancer, ProcessLog log) {
        var check = check(balancer, probed.pool(), probed.server(), probed.check());
        var server = pool(balancer, probed.pool()).stream()
                .flatMap(pool -> pool.servers().stream())
                .filter(one -> one.id().equals(probed.server()))
                .findFirst();
        if (check.isPresent() && server.isPresent()) {
            health.check(probed, server.get(), check.get(), log.logsChecks(probed.pool()))
                    .ifPresent(line -> notice(line, log));
        }
    }

    private void tell(Event.ServerHealthChanged changed, LoadBalancer balancer, ProcessLog log) {
        var check = check(balancer, changed.pool(), changed.server(), 0);
        var pool = pool(balancer, changed.pool());
        boolean isFirstSuccess = changed.from() == HealthState.UNKNOWN && changed.to() == HealthState.UP;
        if (check.isEmpty() || pool.isEmpty() || isFirstSuccess) {
            return;
        }
        notice(health.server(changed, pool.get(), check.get(), log.logsChecks(changed.pool())), log);
        tellIfNoneIsLeft(pool.get(), balancer, log);
    }

    private void tell(Event.ServerStopping changed, LoadBalancer balancer, ProcessLog log) {
        pool(balancer, changed.pool()).ifPresent(pool -> {
            notice(health.server(changed, pool, log.logsChecks(changed.pool())), log);
            tellIfNoneIsLeft(pool, balancer, log);
        });
    }

    private void tellIfNoneIsLeft(PoolStatus pool, LoadBalancer balancer, ProcessLog log) {
        if (health.lostItsLastServer(pool)) {
            boolean isListen = balancer.configuration().virtualServers().stream()
                    .anyMatch(server -> server.name().equals(pool.name()));
            var kind = isListen ? "proxy " : "backend ";
            log.log(ProcessLog.ALERT, kind + pool.name() + " has no server available!");
            say("ALERT", kind + "'" + pool.name() + "' has no server available!");
        }
    }

    private void notice(String line, ProcessLog log) {
        log.log(ProcessLog.NOTICE, line);
        say("WARNING", line);
    }

    private static Optional<HealthCheckSpec> check(LoadBalancer balancer, String pool, String server, int index) {
        return balancer.configuration()
                .pool(pool)
                .flatMap(one -> one.servers().stream()
                        .filter(each -> each.id().equals(server))
                        .flatMap(each -> one.healthChecksOf(each).stream().skip(index))
                        .findFirst());
    }

    private static Optional<Status.PoolStatus> pool(LoadBalancer balancer, String name) {
        return balancer.status().pools().stream()
                .filter(one -> one.name().equals(name))
                .findFirst();
    }

    private void onSignal(String name, Order order) {
        Signal.handle(new Signal(name), signal -> orders.add(order));
    }
}
