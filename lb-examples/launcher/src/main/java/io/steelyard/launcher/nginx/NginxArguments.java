package io.steelyard.launcher.nginx;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * nginx's command line (nginx 1.22, {@code nginx -h}).
 *
 * @param help {@code -h}, {@code -?}
 * @param version {@code -v}
 * @param versionAndOptions {@code -V}
 * @param test {@code -t}
 * @param dump {@code -T}, which tests too
 * @param quiet {@code -q}
 * @param signal {@code -s}
 * @param prefix {@code -p}
 * @param file {@code -c}
 * @param errorLog {@code -e}
 * @param directives {@code -g}
 */
record NginxArguments(
        boolean help,
        boolean version,
        boolean versionAndOptions,
        boolean test,
        boolean dump,
        boolean quiet,
        Optional<String> signal,
        Optional<String> prefix,
        Optional<String> file,
        Optional<String> errorLog,
        Optional<String> directives) {
    /** Where Debian and its like have the configuration. */
    private static final Path DISTRIBUTION = Path.of("/etc/nginx/nginx.conf");

    /** A command line that nginx would not take; the message is nginx's. */
    static final class WrongArgumentException extends Exception {
        private static final long serialVersionUID = 1L;

        WrongArgumentException(String message) {
            super(message);
        }
    }

    /** Reads the words: flags may be joined, a value may follow its letter directly or as the next word. */
    static NginxArguments parse(String... words) throws WrongArgumentException {
        var flags = new StringBuilder();
        var values = new String[128];
        for (int i = 0; i < words.length; i++) {
            var word = words[i];
            if (!word.startsWith("-") || word.length() < 2) {
                throw new WrongArgumentException("invalid option: \"" + word + "\"");
            }
            for (int at = 1; at < word.length(); at++) {
                char letter = word.charAt(at);
                if ("?hvVtTq".indexOf(letter) >= 0) {
                    flags.append(letter);
                    continue;
                }
                if ("spceg".indexOf(letter) < 0) {
                    throw new WrongArgumentException("invalid option: \"" + letter + "\"");
                }
                var value = at + 1 < word.length() ? word.substring(at + 1) : i + 1 < words.length ? words[++i] : "";
                if (value.isEmpty()) {
                    throw new WrongArgumentException("option \"-" + letter + "\" requires " + wanted(letter));
                }
                values[letter] = value;
                break;
            }
        }
        var signal = Optional.ofNullable(values['s']);
        if (signal.isPresent() && SignalCommand.number(signal.get()).isEmpty()) {
            throw new WrongArgumentException("invalid option: \"-s " + signal.get() + "\"");
        }
        var given = flags.toString();
        return new NginxArguments(
                given.indexOf('h') >= 0 || given.indexOf('?') >= 0,
                given.indexOf('v') >= 0,
                given.indexOf('V') >= 0,
                given.indexOf('t') >= 0 || given.indexOf('T') >= 0,
                given.indexOf('T') >= 0,
                given.indexOf('q') >= 0,
                signal,
                Optional.ofNullable(values['p']),
                Optional.ofNullable(values['c']),
                Optional.ofNullable(values['e']),
                Optional.ofNullable(values['g']));
    }

    private static String wanted(char letter) {
        return switch (letter) {
            case 'p' -> "directory name";
            case 'c', 'e' -> "file name";
            case 'g' -> "directives";
            default -> "parameter";
        };
    }

    /** Whether files lie as Debian has them: where no prefix is given, and the file is there. */
    private boolean isDistribution() {
        return prefix.isEmpty() && Files.exists(DISTRIBUTION);
    }

    /** The prefix, ending with a slash. */
    String prefixText() {
        var text = prefix.orElse(isDistribution() ? "/usr/share/nginx/" : "/usr/local/nginx/");
        return text.endsWith("/") ? text : text + "/";
    }

    /** The configuration's file as messages name it: what was given, below the prefix. */
    String fileText() {
        var text = file.orElse(isDistribution() ? DISTRIBUTION.toString() : "conf/nginx.conf");
        return text.startsWith("/") ? text : prefixText() + text;
    }

    String pidText(Optional<String> configured) {
        return below(configured.orElse(isDistribution() ? "/run/nginx.pid" : "logs/nginx.pid"));
    }

    /** The error log that is there from the start. */
    String errorLogText() {
        return errorLog.map(this::below)
                .orElse(isDistribution() ? "/var/log/nginx/error.log" : below("logs/error.log"));
    }

    /** A file below the prefix, unless it is absolute or {@code stderr}. */
    String below(String text) {
        return text.startsWith("/") || text.equals("stderr") || text.startsWith("syslog:") ? text : prefixText() + text;
    }
}
