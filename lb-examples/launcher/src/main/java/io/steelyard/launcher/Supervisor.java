package io.steelyard.launcher;

import io.steelyard.linux.Linux;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/**
 * The launcher script, where it stays above this process: its pid is the one that is told to others, and it hands signals on. It says so by
 * system properties: {@code lb.supervisor}, its pid, and {@code lb.background}, whether it has gone into the background; then whoever started
 * it waits for a word on descriptor 3, and descriptor 4 is {@code /dev/null}.
 *
 * @param pid the process that others are to signal
 * @param isPresent whether there is a script
 * @param isInBackground whether somebody waits for a word
 */
public record Supervisor(long pid, boolean isPresent, boolean isInBackground) {
    /** What the script takes as: start again, in the foreground if it was in the background, and the other way round. */
    public static final int OTHER_PLACE = 199;

    private static final int WORD = 3;
    private static final int NOWHERE = 4;

    /** As the system properties say. */
    public static Supervisor found() {
        var pid = Long.getLong("lb.supervisor", 0);
        boolean isInBackground = System.getProperty("lb.background", "no").equals("yes");
        return pid == 0
                ? new Supervisor(ProcessHandle.current().pid(), false, isInBackground)
                : new Supervisor(pid, true, isInBackground);
    }

    /** Runs something when the script is gone, so that nothing is left over when it is killed. */
    public void onGone(Runnable end) {
        if (isPresent) {
            ProcessHandle.of(pid).ifPresentOrElse(script -> script.onExit().thenRun(end), end);
        }
    }

    /** In the background: lets the program that started it end, and lets go of its terminal. */
    public void tellReady() {
        if (isInBackground) {
            tell("ready\n");
            Linux.duplicateTo(NOWHERE, 1);
            Linux.duplicateTo(NOWHERE, 2);
            Linux.close(NOWHERE);
        }
    }

    /** In the background, where it is not wanted there. */
    public void tellOtherPlace() {
        if (isInBackground) {
            tell("foreground\n");
        }
    }

    private static void tell(String word) {
        try (var arena = Arena.ofConfined()) {
            var bytes = word.getBytes(StandardCharsets.US_ASCII);
            var memory = arena.allocateFrom(word);
            Linux.write(WORD, memory, 0, bytes.length);
        }
        Linux.close(WORD);
    }
}
