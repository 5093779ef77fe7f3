package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VrrpSettings;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a program that belongs to the whole process, before its first virtual router begins or after the last has ended. */
public final class ProcessScript {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessScript.class);

    private ProcessScript() {}

    /**
     * Runs a script and waits for its end, or kills it when its time is over. Whatever becomes of it, it is only logged. For all threads but the control
     * thread.
     */
    public static void run(Optional<VrrpSettings.Script> script, VrrpSettings settings) {
        script.ifPresent(given -> run(given, settings));
    }

    private static void run(VrrpSettings.Script script, VrrpSettings settings) {
        var command =
                new Command(script.command().words(), script.command().user().orElse(settings.scriptUser()));
        var refusal = command.refusal(settings.scriptSecurity());
        if (refusal.isPresent()) {
            LOG.warn("{}", refusal.get());
            return;
        }
        try {
            var process = command.start();
            if (!process.waitFor(script.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("script {} lasts longer than {} and is killed", command.words(), script.timeout());
                // The script first: it would go on where its child ends.
                var children = process.descendants().toList();
                process.destroyForcibly();
                children.forEach(ProcessHandle::destroyForcibly);
            } else if (process.exitValue() != 0) {
                LOG.warn("script {} ended with {}", command.words(), process.exitValue());
            }
        } catch (IOException cannotRun) {
            LOG.warn("script {}: {}", command.words(), cannotRun.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
