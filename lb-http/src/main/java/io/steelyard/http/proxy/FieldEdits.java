package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.route.FieldChanges;
import io.steelyard.pool.variable.Evaluation;

/** Makes configured changes in a block of fields. */
final class FieldEdits {
    private FieldEdits() {}

    /** Changes of an answer's fields. A value that is empty is left out. */
    static void apply(FieldChanges changes, int status, FieldBlock fields, Evaluation evaluation) {
        for (var change : changes.changes()) {
            if (change.always() || FieldChanges.isUsual(status)) {
                apply(change, fields, evaluation);
            }
        }
    }

    static void apply(FieldChanges.Change change, FieldBlock fields, Evaluation evaluation) {
        switch (change.kind()) {
            case REMOVE -> fields.remove(change.name());
            case ADD -> {
                var value = evaluation.raw(change.value());
                if (!value.isEmpty()) {
                    fields.add(change.name(), value);
                }
            }
            case SET -> {
                var value = evaluation.raw(change.value());
                if (value.isEmpty()) {
                    fields.remove(change.name());
                } else {
                    fields.set(change.name(), value);
                }
            }
        }
    }
}
