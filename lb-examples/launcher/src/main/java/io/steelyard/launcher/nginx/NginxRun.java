package io.steelyard.launcher.nginx;

import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Problem;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.core.Steelyard;
import io.steelyard.launcher.Supervisor;
import io.steelyard.launcher.nginx.NginxProgram.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import sun.misc.Signal;

/**
 * A running {@code lb nginx}. Signals only put an order into a queue, which the main thread carries out one by one. QUIT comes as USR2: a
 * Java program cannot take QUIT, so that the launcher script translates it.
 */
final class NginxRun {
    private final NginxProgram program;
    private final NginxArguments arguments;
    private final Supervisor supervisor;
    private final Plugins plugins = Plugins.installed();
    private final ErrorLog log;
    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();

    private enum Order {
        STOP,
        QUIT,
        RELOAD,
        REOPEN_LOGS,
        DRAINED
    }

    NginxRun(NginxProgram program, NginxArguments arguments, Supervisor supervisor) {
        this.program = program;
        this.arguments = arguments;
        this.supervisor = supervisor;
        log = new ErrorLog(supervisor.pid());
    }

    int run(Reading reading) throws InterruptedException {
        // Before anything else that may take its time: the script hands signals on as soon as they would not kill.
        onSignal("TERM", Order.STOP);
        onSignal("INT", Order.STOP);
        onSignal("HUP", Order.RELOAD);
        onSignal("USR1", Order.REOPEN_LOGS);
        // The last, by which the script sees that all are there.
        onSignal("USR2", Order.QUIT);
        if (!openLogs(reading)) {
            return 1;
        }
        if (reading.configuration().isEmpty()) {
            fail(reading.errors());
            program.tell(reading);
            return 1;
        }
        if (supervisor.isPresent()
                && supervisor.isInBackground() != reading.process().daemon().orElse(true)) {
            supervisor.tellOtherPlace();
            return Supervisor.OTHER_PLACE;
        }
        log.takeOver();
        supervisor.onGone(() -> orders.add(Order.STOP));
        LoadBalancer balancer;
        try {
            balancer = Steelyard.builder()
                    .plugins(plugins)
                    .onEvent(this::tell)
                    .start(reading.configuration().get());
        } catch (ConfigurationException refused) {
            var problems =
                    refused.problems().stream().map(reading.files()::locate).toList();
            fail(problems);
            problems.forEach(problem -> System.err.println("nginx: [emerg] " + NginxMessages.text(problem)));
            return 1;
        }
        try (balancer) {
            return serve(balancer, reading);
        } finally {
            log.close();
        }
    }

    private boolean openLogs(Reading reading) {
        try {
            log.use(program.errorLogs(reading.process()));
            return true;
        } catch (IOException failed) {
            System.err.println("nginx: [emerg] open() failed: " + failed);
            return false;
        }
    }

    private void fail(List<Problem> errors) {
        errors.forEach(error -> log.log(ErrorLevel.EMERG, NginxMessages.text(error)));
    }

    private int serve(LoadBalancer balancer, Reading reading) throws InterruptedException {
        var pidFile = program.pidFile(reading.process());
        try {
            Files.writeString(pidFile, supervisor.pid() + "\n");
        } catch (IOException failed) {
            var message = "open() \"" + pidFile + "\" failed: " + failed.getMessage();
            log.log(ErrorLevel.EMERG, message);
            System.err.println("nginx: [emerg] " + message);
            return 1;
        }
        log.log(ErrorLevel.NOTICE, "nginx/" + NginxProgram.VERSION);
        log.log(ErrorLevel.NOTICE, "start worker processes");
        supervisor.tellReady();
        try {
            loop(balancer);
        } finally {
            remove(pidFile);
        }
        log.log(ErrorLevel.NOTICE, "exit");
        return 0;
    }

    private void remove(Path pidFile) {
        try {
            if (Files.readString(pidFile).strip().equals(Long.toString(supervisor.pid()))) {
                Files.delete(pidFile);
            }
        } catch (IOException gone) {
            log.log(ErrorLevel.WARN, "unlink() \"" + pidFile + "\" failed: " + gone.getMessage());
        }
    }

    private void loop(LoadBalancer balancer) throws InterruptedException {
        for (var order = orders.take(); ; order = orders.take()) {
            switch (order) {
                case RELOAD -> reload(balancer);
                case REOPEN_LOGS -> reopen(balancer);
                case QUIT -> {
                    log.log(ErrorLevel.NOTICE, "signal 3 (SIGQUIT) received, shutting down");
                    log.log(ErrorLevel.NOTICE, "gracefully shutting down");
                    Thread.ofPlatform().name("lb-drain").daemon(true).start(() -> {
                        balancer.drain(balancer.configuration().settings().drainTimeout());
                        orders.add(Order.DRAINED);
                    });
                }
                case STOP -> {
                    log.log(ErrorLevel.NOTICE, "signal 15 (SIGTERM) received, exiting");
                    return;
                }
                case DRAINED -> {
                    log.log(ErrorLevel.NOTICE, "worker process " + ownPid() + " exited with code 0");
                    return;
                }
            }
        }
    }

    private void reopen(LoadBalancer balancer) {
        log.log(ErrorLevel.NOTICE, "signal 10 (SIGUSR1) received, reopening logs");
        log.reopen();
        balancer.reopenLogs();
        log.log(ErrorLevel.NOTICE, "reopening logs");
    }

    private void reload(LoadBalancer balancer) {
        log.log(ErrorLevel.NOTICE, "signal 1 (SIGHUP) received, reconfiguring");
        log.log(ErrorLevel.NOTICE, "reconfiguring");
        var read = program.read(plugins);
        read.warnings().forEach(warning -> log.log(ErrorLevel.WARN, NginxMessages.text(warning)));
        if (read.configuration().isEmpty()) {
            fail(read.errors());
            return;
        }
        try {
            log.use(program.errorLogs(read.process()));
            balancer.apply(read.configuration().get());
        } catch (ConfigurationException refused) {
            fail(refused.problems().stream().map(read.files()::locate).toList());
            return;
        } catch (IOException failed) {
            log.log(ErrorLevel.EMERG, "open() failed: " + failed);
            return;
        }
        log.log(ErrorLevel.NOTICE, "start worker processes");
        log.log(ErrorLevel.NOTICE, "gracefully shutting down");
        log.log(ErrorLevel.NOTICE, "worker process " + ownPid() + " exited with code 0");
    }

    private static long ownPid() {
        return ProcessHandle.current().pid();
    }

    private void onSignal(String name, Order order) {
        Signal.handle(new Signal(name), signal -> orders.add(order));
    }

    private void tell(Event event) {
        log.log(event instanceof Event.Trouble ? ErrorLevel.ERROR : ErrorLevel.INFO, event.toString());
    }
}
