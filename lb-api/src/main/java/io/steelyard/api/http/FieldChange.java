package io.steelyard.api.http;

import io.steelyard.api.text.Template;
import java.util.Objects;

/**
 * A change of a header field of a request or a response.
 *
 * @param name whatever the case
 * @param value what it becomes; a field whose value is empty is left out. Without meaning for {@link Kind#REMOVE}
 * @param always for responses: whether it holds for every status, and not only for 200, 201, 204, 206, 301, 302, 303, 304, 307 and 308
 */
public record FieldChange(Kind kind, String name, Template value, boolean always) {
    /** What happens to a field. */
    public enum Kind {
        /** Fields of the name are replaced by one. */
        SET,
        /** One more. */
        ADD,
        /** All of the name go. */
        REMOVE
    }

    public FieldChange {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(value, "value");
        if (name.isEmpty() || !name.chars().allMatch(FieldChange::isTokenCharacter)) {
            throw new IllegalArgumentException("'" + name + "' is no name of a header field (RFC 9110 section 5.1)");
        }
    }

    public static FieldChange set(String name, String value) {
        return new FieldChange(Kind.SET, name, Template.parse(value), true);
    }

    public static FieldChange add(String name, String value) {
        return new FieldChange(Kind.ADD, name, Template.parse(value), true);
    }

    public static FieldChange remove(String name) {
        return new FieldChange(Kind.REMOVE, name, Template.literal(""), true);
    }

    private static boolean isTokenCharacter(int c) {
        return c > ' ' && c < 0x7F && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
}
