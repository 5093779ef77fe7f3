package io.steelyard.config.keepalived;

import io.steelyard.api.vrrp.Notifications.Command;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.keepalived.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads commands as keepalived splits them: at spaces, with quotes and backslashes, and by no shell. */
final class Commands {
    private final Findings findings;

    Commands(Findings findings) {
        this.findings = findings;
    }

    /** A command that a user and a group may follow: {@code notify_master "/bin/x y" user group}. */
    Optional<Command> withUser(Entry entry) {
        var arguments = entry.arguments();
        if (arguments.isEmpty() || arguments.size() > 3) {
            findings.error(
                    entry.position(),
                    "'" + entry.keyword() + "' has " + arguments.size() + " arguments",
                    "a command in quotes, and perhaps a user and a group");
            return Optional.empty();
        }
        var user = user(arguments.subList(1, arguments.size()));
        return words(arguments.subList(0, 1), entry).map(words -> new Command(words, user));
    }

    /** A user, and perhaps a group behind it; empty where there is none. */
    static Optional<String> user(List<Word> words) {
        return words.isEmpty()
                ? Optional.empty()
                : Optional.of(words.stream().map(Word::text).collect(Collectors.joining(":")));
    }

    /** A command that goes on to the end of the line. */
    Optional<List<String>> wholeLine(Entry entry) {
        return words(entry.arguments(), entry);
    }

    private Optional<List<String>> words(List<Word> written, Entry entry) {
        var words = new ArrayList<String>();
        for (var word : written) {
            if (written.size() == 1) {
                words.addAll(split(word.text()));
            } else {
                words.add(word.text());
            }
        }
        if (words.isEmpty() || words.getFirst().isEmpty()) {
            findings.error(entry.position(), "'" + entry.keyword() + "' has no command", "a program and its arguments");
            return Optional.empty();
        }
        if (!words.getFirst().startsWith("/") && !words.getFirst().startsWith("<")) {
            findings.notice(
                    written.getFirst().position(),
                    "'" + words.getFirst() + "' is looked for in PATH; a full path leaves no doubt");
        }
        return Optional.of(words);
    }

    /** Splits one text into words. */
    static List<String> split(String text) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean isWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
                isWord = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                isWord = true;
            } else if (c == ' ' || c == '\t') {
                if (isWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    isWord = false;
                }
            } else {
                word.append(c);
                isWord = true;
            }
        }
        if (isWord) {
            words.add(word.toString());
        }
        return words;
    }
}
