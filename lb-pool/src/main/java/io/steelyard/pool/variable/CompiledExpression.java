package io.steelyard.pool.variable;

import io.steelyard.api.http.ExpressionLanguage;

/** A variable worked out in a language of a plug-in. */
record CompiledExpression(ExpressionLanguage.Expression expression) implements CompiledVariable {
    @Override
    public String value(Evaluation evaluation) {
        var facts = evaluation.facts();
        var value = facts == null ? null : expression.value(facts);
        return value == null ? "" : value;
    }

    /** Rules change what is asked. */
    @Override
    public boolean isVolatile() {
        return true;
    }
}
