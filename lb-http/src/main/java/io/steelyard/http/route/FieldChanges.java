package io.steelyard.http.route;

import io.steelyard.api.http.FieldChange;
import io.steelyard.http.message.FieldName;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.VariableTable;
import java.util.List;

/** Changes of header fields, made ready. Immutable, safe for all threads. */
public final class FieldChanges {
    /** One of them. */
    public record Change(FieldChange.Kind kind, FieldName name, CompiledTemplate value, boolean always) {}

    private final List<Change> changes;

    FieldChanges(List<FieldChange> configured, VariableTable variables) {
        changes = configured.stream()
                .map(change -> new Change(
                        change.kind(), FieldName.of(change.name()), variables.compile(change.value()), change.always()))
                .toList();
    }

    public List<Change> changes() {
        return changes;
    }

    /** Whether a change that is not for every status is made for this one (nginx {@code add_header}). */
    public static boolean isUsual(int status) {
        return switch (status) {
            case 200, 201, 204, 206, 301, 302, 303, 304, 307, 308 -> true;
            default -> false;
        };
    }
}
