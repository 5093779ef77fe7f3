package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.octet.Octets;
import org.jspecify.annotations.Nullable;

/** The values of fields as variables have them. Pure. */
final class FieldValues {
    private FieldValues() {}

    /** The values of all fields whose name, in lower case and with underscores for dashes, is {@code name}; null where there is none. */
    static @Nullable String all(FieldBlock fields, String name) {
        String found = null;
        for (int i = 0; i < fields.count(); i++) {
            if (isCalled(fields, i, name)) {
                found = found == null
                        ? fields.value(i)
                        : found + (name.equals("cookie") ? "; " : ", ") + fields.value(i);
            }
        }
        return found;
    }

    private static boolean isCalled(FieldBlock fields, int index, String name) {
        int start = fields.nameStart(index);
        if (fields.nameEnd(index) - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            int c = Octets.lower(fields.bytes()[start + i]);
            if ((c == '-' ? '_' : c) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The value of the first field of a name; null where there is none. */
    static @Nullable String first(FieldBlock fields, FieldName name) {
        int index = fields.find(name);
        return index < 0 ? null : fields.value(index);
    }
}
