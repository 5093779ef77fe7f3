package io.steelyard.launcher;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Problem;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.core.Steelyard;
import io.steelyard.launcher.vrrp.VrrpAnswers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/**
 * Runs a balancer until a signal ends it. Signals only put an order into a queue, which the main thread carries out one by one.
 */
@Command(
        name = "run",
        description = {
            "Runs the files as one balancer. One line on standard output for each listener when it accepts traffic; the log is on standard error.",
            "SIGTERM, SIGINT: accepts nothing new, waits for open flows up to the drain timeout, exits 0; a second one ends at once.",
            "SIGHUP: reads the files again and applies them; a bad file changes nothing.",
            "SIGUSR1: closes the access logs; the next line opens each by its name, so that one moved away is left alone."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:ended by a signal",
            "1:could not start: an address is taken or not permitted",
            "2:the files have errors",
            "64:wrong command line"
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Mixin
    private InputFiles input = new InputFiles();

    @Option(
            names = "--control",
            paramLabel = "PATH",
            description =
                    "A UNIX socket that takes the commands of 'lb vrrp'; without it /run/lb.sock, where there are virtual routers.")
    private Optional<Path> control = Optional.empty();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();

    private enum Order {
        STOP,
        RELOAD,
        REOPEN_LOGS,
        DRAINED
    }

    @Override
    public Integer call() throws InterruptedException {
        var plugins = Plugins.installed();
        var read = input.read(plugins);
        log(read.problems());
        if (read.configuration().isEmpty()) {
            return 2;
        }
        onSignal("TERM", Order.STOP);
        onSignal("INT", Order.STOP);
        onSignal("HUP", Order.RELOAD);
        onSignal("USR1", Order.REOPEN_LOGS);
        var out = command.commandLine().getOut();
        LoadBalancer balancer;
        try {
            balancer = Steelyard.builder()
                    .plugins(plugins)
                    .onEvent(event -> tell(event, out))
                    .start(read.configuration().get());
        } catch (ConfigurationException refused) {
            log(read.located(refused));
            return 1;
        } catch (IllegalStateException unable) {
            LOG.error("cannot start: {}", unable.getMessage());
            return 1;
        }
        try (balancer) {
            var socket = openControl(balancer);
            try {
                return serve(balancer, plugins);
            } finally {
                close(socket);
            }
        }
    }

    /** Without it everything runs, only not asked. */
    private Optional<CommandSocket> openControl(LoadBalancer balancer) {
        if (control.isEmpty() && balancer.virtualRouters().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    ControlSocket.open(control.orElse(Path.of(ControlSocket.DEFAULT)), new VrrpAnswers(balancer)));
        } catch (IOException refused) {
            LOG.warn("'lb vrrp' cannot ask this program: {}", refused.getMessage());
            return Optional.empty();
        }
    }

    private static void close(Optional<CommandSocket> socket) {
        if (socket.isPresent()) {
            try {
                socket.get().close();
            } catch (IOException left) {
                LOG.warn("the control socket is left: {}", left.getMessage());
            }
        }
    }

    private int serve(LoadBalancer balancer, Plugins plugins) throws InterruptedException {
        for (var order = orders.take(); order != Order.STOP; order = orders.take()) {
            if (order == Order.REOPEN_LOGS) {
                balancer.reopenLogs();
            } else {
                reload(balancer, plugins);
            }
        }
        var limit = balancer.configuration().settings().drainTimeout();
        LOG.info(
                "stopping: nothing new is accepted, open flows may take {} s; a second signal ends them",
                limit.toSeconds());
        Thread.ofPlatform().name("lb-drain").daemon(true).start(() -> {
            balancer.drain(limit);
            orders.add(Order.DRAINED);
        });
        var order = orders.take();
        while (order == Order.RELOAD || order == Order.REOPEN_LOGS) {
            if (order == Order.REOPEN_LOGS) {
                balancer.reopenLogs();
            }
            order = orders.take();
        }
        LOG.info(order == Order.DRAINED ? "stopped" : "stopped at once");
        return 0;
    }

    private void reload(LoadBalancer balancer, Plugins plugins) {
        var read = input.read(plugins);
        log(read.problems());
        if (read.configuration().isEmpty()) {
            LOG.error("the files have errors; the configuration that runs stays as it is");
            return;
        }
        apply(balancer, read.configuration().get(), read);
    }

    private static void apply(LoadBalancer balancer, Configuration changed, InputFiles.Reading read) {
        try {
            balancer.apply(changed);
        } catch (ConfigurationException refused) {
            log(read.located(refused));
            LOG.error("the new configuration was refused; the one that runs stays as it is");
        }
    }

    private void onSignal(String name, Order order) {
        Signal.handle(new Signal(name), signal -> orders.add(order));
    }

    private static void tell(Event event, PrintWriter out) {
        switch (event) {
            case Event.ListenerReady ready -> {
                out.println(ready);
                out.flush();
            }
            case Event.VirtualRouterChanged changed -> LOG.debug("{}; its router has said so", changed);
            case Event.VirtualRouterTrouble trouble -> LOG.debug("{}; its router has said so", trouble);
            case Event.ServerProbed probed -> LOG.debug("{}", probed);
            case Event.Trouble trouble -> LOG.warn("{}", trouble);
            default -> LOG.info("{}", event);
        }
    }

    private static void log(List<Problem> problems) {
        for (var problem : problems) {
            switch (problem.severity()) {
                case ERROR -> LOG.error("{}", problem);
                case WARNING -> LOG.warn("{}", problem);
                case NOTICE -> LOG.info("{}", problem);
            }
        }
    }
}
