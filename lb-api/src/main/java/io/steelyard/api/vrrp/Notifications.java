package io.steelyard.api.vrrp;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Who is told of a router's or a group's changes of state, beside the application's own listeners. Commands are run without a shell and nothing
 * waits for them.
 *
 * @param onActive run on becoming ACTIVE
 * @param onBackup run on becoming BACKUP
 * @param onFault run on becoming FAULT
 * @param onStop run when the router stops
 * @param onDeleted run when the router is configured away
 * @param tellsDeletion a router that is configured away is told as {@code DELETED}; otherwise as {@code FAULT}, with {@code onFault} (keepalived
 *     {@code notify_deleted}). Always on with {@code onDeleted}
 * @param onAny run on each change with four more arguments: {@code INSTANCE} or {@code GROUP}, the name in quotes, the state as keepalived
 *     writes it, the priority
 * @param onLowerPriority run when an active router hears an advert of lower priority
 * @param tellsPriority whether changes of the effective priority are written into pipes, as {@code MASTER_PRIORITY} and {@code BACKUP_PRIORITY}
 *     (keepalived {@code notify_priority_changes}); a group's holds for its members
 * @param mails whether a mail is sent too, if the settings say where to
 */
public record Notifications(
        Optional<Command> onActive,
        Optional<Command> onBackup,
        Optional<Command> onFault,
        Optional<Command> onStop,
        Optional<Command> onDeleted,
        boolean tellsDeletion,
        List<Command> onAny,
        Optional<Command> onLowerPriority,
        boolean tellsPriority,
        boolean mails) {
    /** Nobody. */
    public static final Notifications NONE = builder().build();

    /**
     * A program to run.
     *
     * @param words the program and its arguments
     * @param user who runs it, as {@code user} or {@code user:group}; absent for the settings' {@link VrrpSettings#scriptUser}
     */
    public record Command(List<String> words, Optional<String> user) {
        public Command {
            words = List.copyOf(words);
            if (words.isEmpty() || words.getFirst().isEmpty()) {
                throw new IllegalArgumentException("a command is empty");
            }
            Objects.requireNonNull(user, "user");
        }

        public static Command of(String... words) {
            return new Command(List.of(words), Optional.empty());
        }
    }

    public Notifications {
        Objects.requireNonNull(onActive, "onActive");
        Objects.requireNonNull(onBackup, "onBackup");
        Objects.requireNonNull(onFault, "onFault");
        Objects.requireNonNull(onStop, "onStop");
        Objects.requireNonNull(onDeleted, "onDeleted");
        tellsDeletion |= onDeleted.isPresent();
        onAny = List.copyOf(onAny);
        Objects.requireNonNull(onLowerPriority, "onLowerPriority");
    }

    /** Nobody yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private Optional<Command> onActive = Optional.empty();
        private Optional<Command> onBackup = Optional.empty();
        private Optional<Command> onFault = Optional.empty();
        private Optional<Command> onStop = Optional.empty();
        private Optional<Command> onDeleted = Optional.empty();
        private final List<Command> onAny = new ArrayList<>();
        private Optional<Command> onLowerPriority = Optional.empty();
        private boolean tellsDeletion;
        private boolean tellsPriority;
        private boolean mails;

        private Builder() {}

        public Builder onActive(Command given) {
            onActive = Optional.of(given);
            return this;
        }

        public Builder onBackup(Command given) {
            onBackup = Optional.of(given);
            return this;
        }

        public Builder onFault(Command given) {
            onFault = Optional.of(given);
            return this;
        }

        public Builder onStop(Command given) {
            onStop = Optional.of(given);
            return this;
        }

        public Builder onDeleted(Command given) {
            onDeleted = Optional.of(given);
            return this;
        }

        public Builder tellsDeletion(boolean given) {
            tellsDeletion = given;
            return this;
        }

        public Builder tellsPriority(boolean given) {
            tellsPriority = given;
            return this;
        }

        /** One more. */
        public Builder onAny(Command given) {
            onAny.add(given);
            return this;
        }

        public Builder onLowerPriority(Command given) {
            onLowerPriority = Optional.of(given);
            return this;
        }

        public Builder mails(boolean given) {
            mails = given;
            return this;
        }

        public Notifications build() {
            return new Notifications(
                    onActive,
                    onBackup,
                    onFault,
                    onStop,
                    onDeleted,
                    tellsDeletion,
                    onAny,
                    onLowerPriority,
                    tellsPriority,
                    mails);
        }
    }
}
