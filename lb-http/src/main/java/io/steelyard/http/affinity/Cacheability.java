package io.steelyard.http.affinity;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import java.util.Locale;

/** Whether a cache may keep an answer, by the rule that HAProxy's {@code nocache} follows ({@code http_check_response_for_cacheability}). Pure. */
final class Cacheability {
    private Cacheability() {}

    /** Whether answers of this status may be kept unless they say otherwise. */
    static boolean isDefault(int status) {
        return switch (status) {
            case 200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501 -> true;
            default -> false;
        };
    }

    /** Whether the fields let the answer be kept: nothing forbids it, and there is a date or a validator. */
    static boolean isAllowed(FieldBlock fields) {
        boolean isFresh = fields.contains(FieldName.of("Expires"))
                || fields.contains(FieldName.of("ETag"))
                || fields.contains(FieldName.of("Last-Modified"));
        var pragma = FieldName.of("Pragma");
        for (int i = fields.find(pragma); i >= 0; i = fields.findNext(pragma, i)) {
            if (fields.valueIs(i, "no-cache")) {
                return false;
            }
        }
        for (int i = fields.find(FieldName.CACHE_CONTROL); i >= 0; i = fields.findNext(FieldName.CACHE_CONTROL, i)) {
            for (var part : fields.value(i).toLowerCase(Locale.ROOT).split(",")) {
                var directive = part.strip();
                switch (directive) {
                    case "private", "no-cache", "no-store", "max-age=0", "s-maxage=0" -> {
                        return false;
                    }
                    default -> isFresh |= directive.startsWith("max-age=") || directive.startsWith("s-maxage=");
                }
            }
        }
        return isFresh;
    }
}
