package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.http.HttpFacts;

/** {@code haproxy.format}: a log format with {@code %[expression]} and fields such as {@code %ci}, as a text. */
public final class FormatLanguage implements ExpressionLanguage {
    /** The plug-in's name. */
    public static final String NAME = "haproxy.format";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "texts with %[expressions] and fields of a log, as haproxy.cfg has them";
    }

    @Override
    public Expression compile(String text) {
        var format = LogFormat.parse(text);
        return facts -> write(format, facts);
    }

    static String write(LogFormat format, HttpFacts facts) {
        var source = new FactSource(facts, UserLists.NONE);
        return format.write(source, source::field);
    }
}
