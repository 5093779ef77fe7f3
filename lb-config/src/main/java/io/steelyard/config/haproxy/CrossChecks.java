package io.steelyard.config.haproxy;

import io.steelyard.config.haproxy.expression.LogLanguage;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.Set;
import java.util.regex.Pattern;

/** What one line of a proxy says of other lines and sections, where HAProxy refuses what does not fit. One file, one thread. */
final class CrossChecks {
    private static final Pattern USER_LIST = Pattern.compile("\\bhttp_auth(?:_group)?\\(([^,()]+)\\)");
    private static final Set<String> REUSES = Set.of("never", "safe", "aggressive", "always");

    private final Findings findings;
    private final Set<String> userLists;
    private final Set<String> peers;

    /**
     * @param userLists the names of sections {@code userlist}
     * @param peers the names of sections {@code peers}
     */
    CrossChecks(Findings findings, Set<String> userLists, Set<String> peers) {
        this.findings = findings;
        this.userLists = userLists;
        this.peers = peers;
    }

    /** Looks at a proxy. */
    void check(Proxy proxy) {
        for (var statement : proxy.own()) {
            switch (statement.keyword().name()) {
                case "stick-table" -> peersOf(statement);
                case "http-request", "http-response" -> capture(proxy, statement);
                case "log-format" -> logFormat(proxy, statement);
                case "http-reuse" -> reuse(statement);
                default -> {}
            }
            statement.arguments().forEach(this::userList);
        }
    }

    private void peersOf(Statement statement) {
        var words = statement.arguments();
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).text().equals("peers")
                    && !peers.contains(words.get(i + 1).text())) {
                findings.error(
                        words.get(i + 1).position(),
                        "there is no section 'peers " + words.get(i + 1) + "'",
                        "the name of a section peers",
                        "");
            }
        }
    }

    private void userList(Word word) {
        USER_LIST.matcher(word.text()).results().map(match -> match.group(1)).forEach(list -> {
            if (!userLists.contains(list)) {
                findings.error(
                        word.position(), "there is no section 'userlist " + list + "'", "the name of a userlist", "");
            }
        });
    }

    /** A capture into a slot, which the frontend must have declared; which frontends come to a backend is not looked for. */
    private void capture(Proxy proxy, Statement statement) {
        var words = statement.arguments();
        if (!proxy.isFrontend() || !words.getFirst().text().equals("capture")) {
            return;
        }
        boolean isRequest = statement.is("http-request");
        for (int i = 1; i + 1 < Rules.conditionStart(words); i++) {
            var value = words.get(i + 1);
            if (words.get(i).text().equals("id") && value.text().matches("\\d{1,9}")) {
                int slots = slots(proxy, isRequest);
                if (Integer.parseInt(value.text()) >= slots) {
                    findings.error(
                            value.position(),
                            "there is no capture " + value + " of " + (isRequest ? "requests" : "responses"),
                            slots == 0 ? "" : "0 to " + (slots - 1),
                            "add 'declare capture " + (isRequest ? "request" : "response") + " len LENGTH'");
                }
            }
        }
    }

    private static int slots(Proxy proxy, boolean isRequest) {
        var kind = isRequest ? "request" : "response";
        long declared = proxy.all("declare").stream()
                .filter(one -> one.texts().contains(kind))
                .count();
        long captured = proxy.all("capture").stream()
                .filter(one -> one.texts().getFirst().equals(kind))
                .count();
        long made = !isRequest
                ? 0
                : proxy.all("http-request").stream()
                        .map(Statement::texts)
                        .filter(words -> words.getFirst().equals("capture") && words.contains("len"))
                        .count();
        return (int) (declared + captured + made);
    }

    private void logFormat(Proxy proxy, Statement statement) {
        if (!proxy.all("log").isEmpty()) {
            // It is read with the log.
            return;
        }
        try {
            new LogLanguage().compile(statement.argument(0).text());
        } catch (IllegalArgumentException wrong) {
            findings.error(statement.argument(0).position(), "'log-format': " + wrong.getMessage());
        }
    }

    private void reuse(Statement statement) {
        var word = statement.argument(0);
        if (!REUSES.contains(word.text())) {
            findings.error(word.position(), "'http-reuse' is '" + word + "'", "never, safe, aggressive or always", "");
        }
    }
}
