package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.Notifications;
import io.steelyard.api.vrrp.Notifications.Command;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@link Notifications}. */
final class NotificationsSection extends Section<Notifications> {
    private final Key<Notifications, Command> onActive =
            command("onActive", Notifications::onActive, "Run on becoming ACTIVE.");
    private final Key<Notifications, Command> onBackup =
            command("onBackup", Notifications::onBackup, "Run on becoming BACKUP.");
    private final Key<Notifications, Command> onFault =
            command("onFault", Notifications::onFault, "Run on becoming FAULT.");
    private final Key<Notifications, Command> onStop =
            command("onStop", Notifications::onStop, "Run when the router stops.");
    private final Key<Notifications, Command> onDeleted =
            command("onDeleted", Notifications::onDeleted, "Run when the router is configured away.");
    private final Key<Notifications, Boolean> tellsDeletion = optional(
            "tellsDeletion",
            Forms.flag(),
            Notifications::tellsDeletion,
            false,
            "A router that is configured away is told as `DELETED`; otherwise as `FAULT`, with `onFault`. Always on with `onDeleted`.");
    private final Key<Notifications, List<Command>> onAny = optional(
            "onAny",
            Forms.list(new CommandSection()),
            Notifications::onAny,
            List.of(),
            "Run on each change, with `INSTANCE` or `GROUP`, the name, the state and the priority as further arguments.");
    private final Key<Notifications, Command> onLowerPriority = command(
            "onLowerPriority",
            Notifications::onLowerPriority,
            "Run when an active router hears an advert of lower priority.");
    private final Key<Notifications, Boolean> tellsPriority = optional(
            "tellsPriority",
            Forms.flag(),
            Notifications::tellsPriority,
            false,
            "Whether changes of priority are written into pipes, as `MASTER_PRIORITY` and `BACKUP_PRIORITY`; a group's holds for its members.");
    private final Key<Notifications, Boolean> mails = optional(
            "mails",
            Forms.flag(),
            Notifications::mails,
            false,
            "Whether a mail is sent, if the settings say where to.");

    NotificationsSection() {
        super("notifications");
    }

    private Key<Notifications, Command> command(
            String name, Function<Notifications, Optional<Command>> getter, String description) {
        return absent(name, new CommandSection(), getter, "nothing", description);
    }

    @Override
    Notifications make(Values values) {
        return new Notifications(
                values.find(onActive),
                values.find(onBackup),
                values.find(onFault),
                values.find(onStop),
                values.find(onDeleted),
                values.or(tellsDeletion, false),
                values.or(onAny, List.of()),
                values.find(onLowerPriority),
                values.or(tellsPriority, false),
                values.or(mails, false));
    }

    /** {@link Command}. */
    static final class CommandSection extends Section<Command> {
        private final Key<Command, List<String>> words = required(
                "words",
                Forms.list(Forms.text()),
                Command::words,
                "The program and its arguments; no shell reads them.");
        private final Key<Command, String> user = absent(
                "user",
                Forms.text(),
                Command::user,
                "`scriptUser` of the settings",
                "Who runs it: a user, or `user:group`.");

        CommandSection() {
            super("command");
        }

        @Override
        Command make(Values values) {
            return new Command(values.get(words), values.find(user));
        }
    }
}
