package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.ExpressionLanguage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code haproxy.choice}: the backend of a connection. Lines {@code use NAME}, with a condition behind it, of which the first that applies counts; its
 * name may have {@code %[expressions]}, and is one of those of the line {@code known NAME…} then, or else what the line {@code default NAME} says.
 * Lines {@code acl …} stand before what names them. The value is empty where nothing applies.
 */
public final class ChoiceLanguage implements ExpressionLanguage {
    /** The plug-in's name. */
    public static final String NAME = "haproxy.choice";

    private record Use(LogFormat name, boolean isFixed, Condition condition) {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "rules that choose a backend, as use_backend of haproxy.cfg";
    }

    @Override
    public Expression compile(String text) {
        var conditions = new Conditions(ConditionLanguage::lines);
        var uses = new ArrayList<Use>();
        Set<String> known = new HashSet<>();
        var otherwise = "";
        try {
            for (var line : text.lines().toList()) {
                var words = Quoting.split(line);
                if (words.isEmpty()) {
                    continue;
                }
                var rest = words.subList(1, words.size());
                switch (words.getFirst()) {
                    case "acl" -> conditions.add(rest);
                    case "known" -> known.addAll(rest);
                    case "default" -> otherwise = String.join("", rest);
                    case "use" -> uses.add(use(rest, conditions));
                    default ->
                        throw new IllegalArgumentException("'" + words.getFirst() + "' begins no line of a choice");
                }
            }
        } catch (MalformedConditionException wrong) {
            throw new IllegalArgumentException(wrong.what(), wrong);
        }
        var ready = List.copyOf(uses);
        var last = otherwise;
        return facts -> {
            for (var use : ready) {
                if (ConditionLanguage.ask(use.condition(), facts, UserLists.NONE)) {
                    var name = FormatLanguage.write(use.name(), facts);
                    return use.isFixed() || known.contains(name) ? name : last;
                }
            }
            return last;
        };
    }

    private static Use use(List<String> words, Conditions conditions) throws MalformedConditionException {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("'use' has no name");
        }
        var name = words.getFirst();
        return new Use(LogFormat.parse(name), !name.contains("%"), conditions.read(words.subList(1, words.size())));
    }
}
