package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.Notifications;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.election.Phase;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the commands and writes the lines that tell others of a change of state, with keepalived's words and arguments. Nothing here waits for a
 * command or a reader. Used by the control thread.
 */
final class Notifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    private static final int CLOSE_LIMIT_S = 10;

    private final VrrpSettings settings;
    private final Map<Pipe, FifoWriter> pipes = new LinkedHashMap<>();
    private final Optional<Mailer> mailer;

    /** Begins commands one after the other, in the order in which they are told. */
    private final ExecutorService commands = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("vrrp-notify").daemon().factory());

    /** What a writer is made of. */
    private record Pipe(VrrpSettings.Fifo fifo, String user, boolean isSecure) {}

    /** What there is to tell of. */
    enum Kind {
        INSTANCE,
        GROUP
    }

    /** What has happened, as keepalived calls it. */
    enum Change {
        MASTER,
        BACKUP,
        FAULT,
        STOP,
        DELETED,
        MASTER_RX_LOWER_PRI,
        MASTER_PRIORITY,
        BACKUP_PRIORITY;

        /** Whether it is a change of state. */
        boolean isState() {
            return switch (this) {
                case MASTER, BACKUP, FAULT, STOP, DELETED -> true;
                case MASTER_RX_LOWER_PRI, MASTER_PRIORITY, BACKUP_PRIORITY -> false;
            };
        }

        /** What a change to that state is called. */
        static Change to(Phase phase) {
            return switch (phase) {
                case ACTIVE -> MASTER;
                case BACKUP -> BACKUP;
                case FAULT -> FAULT;
                case INITIALIZE -> STOP;
            };
        }
    }

    Notifier(VrrpSettings settings) {
        this(settings, new LinkedHashMap<>());
    }

    private Notifier(VrrpSettings settings, Map<Pipe, FifoWriter> open) {
        this.settings = settings;
        for (var fifo : settings.fifos()) {
            var pipe = new Pipe(fifo, settings.scriptUser(), settings.scriptSecurity());
            var writer = open.remove(pipe);
            pipes.put(
                    pipe,
                    writer == null ? new FifoWriter(fifo, settings.scriptUser(), settings.scriptSecurity()) : writer);
        }
        mailer = settings.mail().map(mail -> new Mailer(mail, settings.routerId()));
    }

    /** Another with other settings. It has the pipes of this one that stay as they are; this one is to be closed then, by a thread that may wait. */
    Notifier with(VrrpSettings changed) {
        return new Notifier(changed, pipes);
    }

    /**
     * Tells of a change. A deletion is told as a fault where nothing says otherwise (keepalived {@code notify_deleted}); changes of priority go into
     * pipes alone.
     *
     * @param priority the router's effective one; 0 for a group
     */
    void tell(Kind kind, String name, Change given, int priority, Notifications notifications) {
        boolean isSilentDeletion = given == Change.DELETED && !notifications.tellsDeletion();
        var change = isSilentDeletion ? Change.FAULT : given;
        own(notifications, change).ifPresent(command -> run(command));
        if (change.isState()) {
            for (var command : notifications.onAny()) {
                run(command, kind.name(), name, change.name(), Integer.toString(priority));
            }
        }
        var line = String.format(Locale.ROOT, "%s \"%s\" %s %d%n", kind, name, change, priority);
        pipes.values().forEach(pipe -> pipe.write(line));
        if (notifications.mails() && change.isState() && (change != Change.FAULT || settings.mailsFaults())) {
            mailer.ifPresent(mail -> mail.send(kind, name, change));
        }
    }

    private static Optional<Notifications.Command> own(Notifications notifications, Change change) {
        return switch (change) {
            case MASTER -> notifications.onActive();
            case BACKUP -> notifications.onBackup();
            case FAULT -> notifications.onFault();
            case STOP -> notifications.onStop();
            case DELETED -> notifications.onDeleted();
            case MASTER_RX_LOWER_PRI -> notifications.onLowerPriority();
            case MASTER_PRIORITY, BACKUP_PRIORITY -> Optional.empty();
        };
    }

    /** Later, by the commands' own thread: looking at a program, and at who is to run it, reads files and may ask other programs. */
    private void run(Notifications.Command given, String... more) {
        var command = new Command(given.words(), given.user().orElse(settings.scriptUser()));
        commands.execute(() -> {
            var refusal = command.refusal(settings.scriptSecurity());
            if (refusal.isPresent()) {
                LOG.warn("{}", refusal.get());
                return;
            }
            try {
                command.start(more);
            } catch (IOException cannotRun) {
                LOG.warn("notification: {}", cannotRun.getMessage());
            }
        });
    }

    /** Waits until all commands have begun. */
    @Override
    public void close() {
        commands.shutdown();
        try {
            if (!commands.awaitTermination(CLOSE_LIMIT_S, TimeUnit.SECONDS)) {
                LOG.warn(
                        "{} commands are not run any more",
                        commands.shutdownNow().size());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        pipes.values().forEach(FifoWriter::close);
        mailer.ifPresent(Mailer::close);
    }
}
