package io.steelyard.config.haproxy;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.UnixSocket;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.Set;

/** What {@code bind}, or {@code unix-bind} of {@code global} for all of them, says of the files of UNIX sockets. One use. */
final class UnixBind {
    private static final Set<String> NAMES = Set.of("mode", "user", "uid", "group", "gid");

    private String prefix = "";
    private int mode = -1;
    private String user = "";
    private String group = "";

    /** Nothing is said. */
    UnixBind() {}

    /** What another says, unless more is said. */
    UnixBind(UnixBind defaults) {
        prefix = defaults.prefix;
        mode = defaults.mode;
        user = defaults.user;
        group = defaults.group;
    }

    /** Whether a parameter of {@code bind} is one of these, which have a value each. */
    static boolean knows(String name) {
        return NAMES.contains(name);
    }

    /** Takes the statement of {@code global}. */
    void take(Statement statement, Findings findings) {
        var words = statement.arguments();
        for (int i = 0; i < words.size(); i += 2) {
            var word = words.get(i);
            boolean isPrefix = word.text().equals("prefix");
            if (!isPrefix && !knows(word.text())) {
                findings.error(
                        word.position(),
                        "'unix-bind' has no parameter '" + word + "'",
                        "prefix, mode, user, uid, group or gid",
                        "");
            } else if (i + 1 == words.size()) {
                findings.error(word.position(), "'" + word + "' of 'unix-bind' has no value");
            } else if (isPrefix) {
                prefix = words.get(i + 1).text();
            } else {
                take(word, words.get(i + 1), findings);
            }
        }
    }

    /** Takes one parameter. */
    void take(Word name, Word value, Findings findings) {
        switch (name.text()) {
            case "user" -> user = value.text();
            case "group" -> group = value.text();
            case "uid" -> user = number(name, value, findings);
            case "gid" -> group = number(name, value, findings);
            default -> {
                if (value.text().matches("[0-7]{1,4}") && Integer.parseInt(value.text(), 8) <= 0777) {
                    mode = Integer.parseInt(value.text(), 8);
                } else {
                    findings.error(value.position(), "'mode' is '" + value + "'", "an octal number from 0 to 0777", "");
                }
            }
        }
    }

    private static String number(Word name, Word value, Findings findings) {
        if (value.text().matches("\\d{1,9}")) {
            return value.text();
        }
        findings.error(value.position(), "'" + name + "' is '" + value + "'", "a number", "");
        return "";
    }

    /** A path behind the prefix of all paths. */
    String prefixed(String path) {
        return prefix + path;
    }

    /** The same socket with what is said of its file. */
    ListenAddress applied(ListenAddress address) {
        return address.unixSocket()
                .filter(socket -> !socket.isAbstract())
                .map(socket -> address.unixSocket(new UnixSocket(socket.path(), mode, user, group)))
                .orElse(address);
    }
}
