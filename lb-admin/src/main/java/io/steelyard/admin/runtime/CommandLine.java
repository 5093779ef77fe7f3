package io.steelyard.admin.runtime;

import java.util.ArrayList;
import java.util.List;

/** How a line of commands is cut up (HAProxy management guide 2.6, section 9.3). */
final class CommandLine {
    private CommandLine() {}

    /** Ends a command that is given the lines behind it. */
    private static final String PAYLOAD = "<<";

    /**
     * The commands of a line, parted by {@code ;}; a backslash before one makes it an ordinary character. The last keeps the lines behind it that
     * it is given.
     */
    static List<String> commands(String text) {
        int end = text.indexOf('\n');
        if (end >= 0 && text.substring(0, end).stripTrailing().endsWith(PAYLOAD)) {
            var commands = new ArrayList<>(commands(text.substring(0, end)));
            commands.add(commands.removeLast() + text.substring(end));
            return commands;
        }
        var line = text;
        var commands = new ArrayList<String>();
        var current = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                current.append(c).append(line.charAt(++i));
            } else if (c == ';') {
                commands.add(current.toString());
                current.setLength(0);
            } else {
                current.append(c);
            }
        }
        commands.add(current.toString());
        return commands;
    }

    /**
     * The words of a command, parted by blanks; a backslash before a blank or another backslash keeps it. The last word is what the command is
     * given behind its line.
     */
    static List<String> words(String command) {
        int end = command.indexOf('\n');
        if (end >= 0) {
            var line = command.substring(0, end).stripTrailing();
            var words = words(line.substring(0, line.length() - PAYLOAD.length()));
            words.add(command.substring(end + 1));
            return words;
        }
        var words = new ArrayList<String>();
        var current = new StringBuilder();
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (c == '\\' && i + 1 < command.length()) {
                current.append(command.charAt(++i));
            } else if (c == ' ' || c == '\t' || c == '\r') {
                add(words, current);
            } else {
                current.append(c);
            }
        }
        add(words, current);
        return words;
    }

    private static void add(List<String> words, StringBuilder current) {
        if (!current.isEmpty()) {
            words.add(current.toString());
            current.setLength(0);
        }
    }
}
