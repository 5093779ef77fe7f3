package io.steelyard.vrrp.system;

import io.steelyard.vrrp.fencing.Fencing;
import io.steelyard.vrrp.fencing.FencingProvider;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * {@code script}: a program that fences, run without a shell. Options: {@code command}, its path and arguments with spaces between; {@code user}, who
 * runs it. It gets three more arguments: the virtual router's name, its number, and the address of the former active router. It has fenced when it
 * ends with 0; when the time is over it is killed.
 */
public final class ScriptFencingProvider implements FencingProvider {
    private static final Set<String> OPTIONS = Set.of("command", "user");

    /** For {@link java.util.ServiceLoader}. */
    public ScriptFencingProvider() {}

    @Override
    public String name() {
        return "script";
    }

    @Override
    public Fencing open(Settings settings) {
        var unknown = new TreeSet<>(settings.options().keySet());
        unknown.removeAll(OPTIONS);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "fencing 'script' has no option " + unknown + ", expected some of " + new TreeSet<>(OPTIONS));
        }
        var words = settings.options().getOrDefault("command", "").strip();
        if (words.isEmpty()) {
            throw new IllegalArgumentException("fencing 'script' needs the option 'command'");
        }
        var command = new Command(
                List.of(words.split("\\s+")), settings.options().getOrDefault("user", settings.scriptUser()));
        command.refusal(settings.scriptSecurity()).ifPresent(reason -> {
            throw new IllegalArgumentException("fencing: " + reason);
        });
        return new Script(command);
    }

    private static final class Script implements Fencing {
        private final Command command;

        /** Added by who fences, removed by the threads that see processes end. */
        private final Set<Process> running = ConcurrentHashMap.newKeySet();

        private Script(Command command) {
            this.command = command;
        }

        @Override
        public void fence(Target target, Consumer<Optional<String>> onEnd) {
            try {
                var process = command.start(
                        target.router(),
                        Integer.toString(target.virtualRouterId()),
                        target.former().getHostAddress());
                running.add(process);
                process.onExit()
                        .orTimeout(target.timeout().toNanos(), TimeUnit.NANOSECONDS)
                        .whenComplete((ended, late) -> {
                            running.remove(process);
                            if (late != null) {
                                kill(process);
                                onEnd.accept(Optional.of("its script lasted longer than " + target.timeout()));
                            } else if (ended.exitValue() == 0) {
                                onEnd.accept(Optional.empty());
                            } else {
                                onEnd.accept(Optional.of("its script ended with " + ended.exitValue()));
                            }
                        });
            } catch (IOException cannotRun) {
                onEnd.accept(Optional.of(String.valueOf(cannotRun.getMessage())));
            }
        }

        private static void kill(Process process) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }

        @Override
        public void close() {
            running.forEach(Script::kill);
        }
    }
}
