package io.steelyard.pool.variable;

import io.steelyard.api.http.Condition;
import io.steelyard.api.http.Condition.Relation;
import io.steelyard.api.text.NamedPattern;
import io.steelyard.api.text.Template;
import io.steelyard.realip.address.AddressReader;
import io.steelyard.realip.address.CidrTrie;
import java.util.List;

/** A condition, made ready. Immutable, safe for all threads. */
@FunctionalInterface
public interface CompiledCondition {
    boolean holds(Evaluation evaluation);

    /** The address of clients on UNIX sockets. */
    String UNIX = "unix:";

    static CompiledCondition compile(Condition condition, VariableTable variables) {
        return switch (condition) {
            case Condition.IsTrue isTrue -> {
                var text = variables.compile(isTrue.text());
                yield evaluation -> evaluation.isTrue(text);
            }
            case Condition.Compares compares -> comparison(compares, variables);
            case Condition.Matches matches -> {
                var text = variables.compile(matches.text());
                var pattern = NamedPattern.compile(matches.expression(), matches.ignoresCase());
                yield evaluation -> evaluation.matches(pattern, evaluation.raw(text));
            }
            case Condition.InNetworks in -> inNetworks(in, variables);
            case Condition.PrefersLanguage prefers -> {
                var field = variables.compile(Template.parse("$http_accept_language"));
                int index = prefers.offered().indexOf(prefers.language());
                yield evaluation -> LanguagePreference.best(evaluation.raw(field), prefers.offered()) == index;
            }
            case Condition.Not not -> {
                var inner = compile(not.condition(), variables);
                yield evaluation -> !inner.holds(evaluation);
            }
            case Condition.AllOf all -> {
                var inner = compile(all.conditions(), variables);
                yield evaluation -> inner.stream().allMatch(test -> test.holds(evaluation));
            }
            case Condition.AnyOf any -> {
                var inner = compile(any.conditions(), variables);
                yield evaluation -> inner.stream().anyMatch(test -> test.holds(evaluation));
            }
        };
    }

    private static List<CompiledCondition> compile(List<Condition> conditions, VariableTable variables) {
        return conditions.stream().map(each -> compile(each, variables)).toList();
    }

    private static CompiledCondition inNetworks(Condition.InNetworks in, VariableTable variables) {
        var address = variables.compile(in.address());
        var networks = CidrTrie.of(in.networks());
        return evaluation -> {
            var text = evaluation.raw(address);
            if (text.equals(UNIX)) {
                return networks.contains(0, 0);
            }
            var reader = new AddressReader();
            return reader.read(text, 0, text.length()) && networks.contains(reader.high(), reader.low());
        };
    }

    private static CompiledCondition comparison(Condition.Compares compares, VariableTable variables) {
        var text = variables.compile(compares.text());
        List<CompiledTemplate> others =
                compares.others().stream().map(variables::compile).toList();
        boolean ignoresCase = compares.ignoresCase();
        var relation = compares.relation();
        return evaluation -> {
            var left = evaluation.raw(text);
            for (var other : others) {
                if (stands(left, relation, evaluation.raw(other), ignoresCase)) {
                    return true;
                }
            }
            return false;
        };
    }

    private static boolean stands(String left, Relation relation, String right, boolean ignoresCase) {
        return switch (relation) {
            case EQUALS -> ignoresCase ? left.equalsIgnoreCase(right) : left.equals(right);
            case STARTS_WITH -> left.regionMatches(ignoresCase, 0, right, 0, right.length());
            case ENDS_WITH -> left.regionMatches(ignoresCase, left.length() - right.length(), right, 0, right.length());
            case CONTAINS -> {
                for (int at = 0; at + right.length() <= left.length(); at++) {
                    if (left.regionMatches(ignoresCase, at, right, 0, right.length())) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }
}
