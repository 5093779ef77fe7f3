package io.steelyard.launcher.nginx;

import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** {@code nginx -s}: sends a signal to the process that the pid file names. */
final class SignalCommand {
    private SignalCommand() {}

    /** The number of the signal that a word stands for; empty for an unknown word. */
    static Optional<Integer> number(String word) {
        return switch (word) {
            case "stop" -> Optional.of(15);
            case "quit" -> Optional.of(3);
            case "reopen" -> Optional.of(10);
            case "reload" -> Optional.of(1);
            default -> Optional.empty();
        };
    }

    /** Sends it; gives the message of what went wrong, empty where nothing did. */
    static Optional<String> send(String word, Path pidFile, String pidText) {
        int signal = number(word).orElseThrow();
        String text;
        try {
            text = Files.readString(pidFile, StandardCharsets.ISO_8859_1).strip();
        } catch (NoSuchFileException none) {
            return Optional.of("[error] open() \"" + pidText + "\" failed (2: No such file or directory)");
        } catch (IOException unreadable) {
            return Optional.of("[error] open() \"" + pidText + "\" failed (" + unreadable.getMessage() + ")");
        }
        if (!text.matches("[1-9][0-9]{0,9}") || Long.parseLong(text) > Integer.MAX_VALUE) {
            return Optional.of("[error] invalid PID number \"" + text + "\" in \"" + pidText + "\"");
        }
        int result = Linux.signal(Long.parseLong(text), signal);
        if (result < 0) {
            return Optional.of("[alert] kill(" + text + ", " + signal + ") failed (" + -result + ": "
                    + (result == -Errno.ESRCH ? "No such process" : Errno.text(-result)) + ")");
        }
        return Optional.empty();
    }
}
