package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.Notifications;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.election.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the commands and writes the lines that tell others of a change of state, with keepalived's words and arguments. Nothing here waits for a
 * command or a reader. Used by the control thread.
 */
final class Notifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    private final VrrpSettings settings;
    private final List<FifoWriter> fifos = new ArrayList<>();
    private final Optional<Mailer> mailer;

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
        MASTER_RX_LOWER_PRI;

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
        this.settings = settings;
        for (var fifo : settings.fifos()) {
            fifos.add(new FifoWriter(fifo, settings.scriptUser()));
        }
        mailer = settings.mail().map(mail -> new Mailer(mail, settings.routerId()));
    }

    /**
     * Tells of a change.
     *
     * @param priority the router's effective one; 0 for a group
     */
    void tell(Kind kind, String name, Change change, int priority, Notifications notifications) {
        own(notifications, change).ifPresent(command -> run(command));
        if (change != Change.MASTER_RX_LOWER_PRI) {
            for (var command : notifications.onAny()) {
                run(command, kind.name(), name, change.name(), Integer.toString(priority));
            }
        }
        var line = String.format(Locale.ROOT, "%s \"%s\" %s %d%n", kind, name, change, priority);
        fifos.forEach(fifo -> fifo.write(line));
        if (notifications.mails() && change != Change.MASTER_RX_LOWER_PRI) {
            mailer.ifPresent(mail -> mail.send(kind, name, change));
        }
    }

    private static Optional<Notifications.Command> own(Notifications notifications, Change change) {
        return switch (change) {
            case MASTER -> notifications.onActive();
            case BACKUP -> notifications.onBackup();
            case FAULT -> notifications.onFault();
            case STOP -> notifications.onStop();
            case DELETED -> notifications.onDeleted().or(notifications::onFault);
            case MASTER_RX_LOWER_PRI -> notifications.onLowerPriority();
        };
    }

    private void run(Notifications.Command given, String... more) {
        var command = new Command(given.words(), given.user().orElse(settings.scriptUser()));
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
    }

    @Override
    public void close() {
        fifos.forEach(FifoWriter::close);
        mailer.ifPresent(Mailer::close);
    }
}
