package io.steelyard.api.http;

import io.steelyard.api.text.VariableSource;
import org.jspecify.annotations.Nullable;

/** The values of one request's built-in variables, and of its connection's. */
public interface HttpVariableSource extends VariableSource {
    /**
     * The value at this moment, in the form {@link VariableSource#value} tells; null where the request has none.
     *
     * @param rest of the name in a family, lower case; empty for others
     */
    @Nullable
    String value(HttpVariable variable, String rest);

    /** What is known beyond variables, for values that an {@link ExpressionLanguage} makes. */
    HttpFacts facts();
}
