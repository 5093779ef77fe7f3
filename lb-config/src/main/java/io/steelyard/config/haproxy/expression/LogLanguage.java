package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.ExpressionLanguage;

/** {@code haproxy.log}: a log format as a line of a log: what has no value is a dash. */
public final class LogLanguage implements ExpressionLanguage {
    /** The plug-in's name. */
    public static final String NAME = "haproxy.log";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "lines of a log, as haproxy.cfg has them";
    }

    @Override
    public Expression compile(String text) {
        var format = LogFormat.parse(text);
        return facts -> {
            var source = new FactSource(facts, UserLists.NONE);
            return format.writeLog(source, source::field);
        };
    }
}
