package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import org.jspecify.annotations.Nullable;

/** Cookies in messages (RFC 6265). Pure. */
final class Cookies {
    private Cookies() {}

    /** The value of the first cookie of this name in a request, names compared whatever the case as nginx does; null where there is none. */
    static @Nullable String find(FieldBlock request, String name) {
        for (int i = request.find(FieldName.COOKIE); i >= 0; i = request.findNext(FieldName.COOKIE, i)) {
            var found = find(request.value(i), name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The value that an answer gives a cookie; null where it gives none. */
    static @Nullable String set(FieldBlock answer, String name) {
        for (int i = answer.find(FieldName.SET_COOKIE); i >= 0; i = answer.findNext(FieldName.SET_COOKIE, i)) {
            var value = answer.value(i);
            int end = value.indexOf(';');
            var pair = end < 0 ? value : value.substring(0, end);
            if (isNamed(pair, 0, pair.length(), name)) {
                return pair.substring(name.length() + 1);
            }
        }
        return null;
    }

    private static @Nullable String find(String text, String name) {
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf(';', at);
            end = end < 0 ? text.length() : end;
            int start = at;
            while (start < end && text.charAt(start) == ' ') {
                start++;
            }
            if (isNamed(text, start, end, name)) {
                return text.substring(start + name.length() + 1, end).strip();
            }
            at = end + 1;
        }
        return null;
    }

    private static boolean isNamed(String text, int start, int end, String name) {
        return text.regionMatches(true, start, name, 0, name.length())
                && start + name.length() < end
                && text.charAt(start + name.length()) == '=';
    }
}
