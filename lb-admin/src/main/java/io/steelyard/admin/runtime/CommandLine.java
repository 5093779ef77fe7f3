package io.steelyard.admin.runtime;

import java.util.ArrayList;
import java.util.List;

/** How a line of commands is cut up (HAProxy management guide 2.6, section 9.3). */
final class CommandLine {
    private CommandLine() {}

    /** The commands of a line, parted by {@code ;}; a backslash before one makes it an ordinary character. */
    static List<String> commands(String line) {
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

    /** The words of a command, parted by blanks; a backslash before a blank or another backslash keeps it. */
    static List<String> words(String command) {
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
