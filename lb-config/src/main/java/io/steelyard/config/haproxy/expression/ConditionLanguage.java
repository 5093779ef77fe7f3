package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.http.HttpFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code haproxy.condition}: {@code if …} or {@code unless …}, with the lines {@code acl …} it needs before it, and {@code user LIST NAME
 * PASSWORD GROUP…} for lists of users. The value is 1 where it holds, else 0.
 */
public final class ConditionLanguage implements ExpressionLanguage {
    /** The plug-in's name. */
    public static final String NAME = "haproxy.condition";

    private static final long MOST_FILE_BYTES = 64 << 20;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "conditions with ACLs, as haproxy.cfg has them";
    }

    @Override
    public Expression compile(String text) {
        var conditions = new Conditions(ConditionLanguage::lines);
        var users = new UserLists.Builder();
        var condition = Condition.ALWAYS;
        try {
            for (var line : text.lines().toList()) {
                var words = Quoting.split(line);
                if (words.isEmpty()) {
                    continue;
                }
                switch (words.getFirst()) {
                    case "acl" -> conditions.add(words.subList(1, words.size()));
                    case "user" -> user(words, new Password.Clear(password(words)), users);
                    case "hashed" -> user(words, new Password.Hashed(password(words)), users);
                    default -> condition = conditions.read(words);
                }
            }
        } catch (MalformedConditionException wrong) {
            throw new IllegalArgumentException(wrong.what(), wrong);
        }
        var ready = condition;
        var known = users.build();
        return facts -> ask(ready, facts, known) ? "1" : "0";
    }

    /** Whether a condition applies; where that cannot be known yet, more of what the client says is awaited. */
    static boolean ask(Condition condition, HttpFacts facts, UserLists users) {
        var verdict = condition.ask(new FactSource(facts, users));
        if (verdict == Verdict.WAITS) {
            facts.awaitMore();
        }
        return verdict == Verdict.HOLDS;
    }

    private static String password(List<String> words) {
        if (words.size() < 4) {
            throw new IllegalArgumentException("'" + words.getFirst() + "' has a list, a name and a password");
        }
        return words.get(3);
    }

    private static void user(List<String> words, Password password, UserLists.Builder users) {
        users.add(words.get(1), new UserLists.User(words.get(2), password, words.subList(4, words.size())));
    }

    /** The lines of a file of patterns. */
    public static List<String> lines(String file) throws IOException {
        try {
            var path = Path.of(file);
            if (!Files.isRegularFile(path) || Files.size(path) > MOST_FILE_BYTES) {
                throw new IOException("no file of at most " + MOST_FILE_BYTES + " bytes");
            }
            return Files.readAllLines(path, StandardCharsets.ISO_8859_1);
        } catch (InvalidPathException wrong) {
            throw new IOException(wrong);
        }
    }
}
