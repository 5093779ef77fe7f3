package io.steelyard.pool.variable;

/** A variable made out of others. Immutable. */
sealed interface CompiledVariable permits CompiledMap, CompiledGeo, CompiledSplit, CompiledExpression {
    /** Its raw value for a connection. */
    String value(Evaluation evaluation);

    /** Whether the value is worked out anew at each use. */
    default boolean isVolatile() {
        return false;
    }
}
