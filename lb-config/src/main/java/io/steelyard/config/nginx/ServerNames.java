package io.steelyard.config.nginx;

import io.steelyard.api.http.HostName;
import io.steelyard.api.text.NamedPattern;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads {@code server_name}, in http and in stream. */
final class ServerNames {
    private final Findings findings;
    private final VariableScope variables;

    ServerNames(Findings findings, VariableScope variables) {
        this.findings = findings;
        this.variables = variables;
    }

    /** The names of a server in the order written; none where it says nothing of names. What is wrong is told and left out. */
    List<HostName> read(Level level) {
        Set<HostName> names = new LinkedHashSet<>();
        for (var directive : level.all("server_name")) {
            for (var word : directive.arguments()) {
                read(directive, word, names);
            }
        }
        return List.copyOf(names);
    }

    private void read(Directive directive, Word word, Set<HostName> names) {
        var text = word.text();
        try {
            if (text.startsWith("~")) {
                var pattern = NamedPattern.compile(text.substring(1), true);
                variables.defineGroups(pattern.names().stream());
                names.add(HostName.parse(text));
            } else if (text.equalsIgnoreCase("$hostname")) {
                names.add(HostName.parse(hostName()));
            } else if (text.contains("..") || text.equals(".") || text.equals("*.")) {
                throw new IllegalArgumentException("a host name");
            } else if (text.startsWith(".")) {
                names.add(HostName.parse(text.substring(1)));
                names.add(HostName.parse("*" + text));
            } else {
                names.add(HostName.parse(text));
            }
        } catch (IllegalArgumentException wrong) {
            findings.badArgument(directive, word, "a name, *.name, .name, name.* or ~expression");
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
