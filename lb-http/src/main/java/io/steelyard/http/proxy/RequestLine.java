package io.steelyard.http.proxy;

import io.steelyard.api.http.HttpAction;

/** The parts of a request line, as rules see and change them: bytes as they are sent, nothing decoded. */
final class RequestLine {
    private RequestLine() {}

    static String part(RequestFacts facts, HttpAction.Part part) {
        var target = facts.target();
        int path = pathStart(target);
        int mark = target.indexOf('?', path);
        return switch (part) {
            case METHOD -> facts.method();
            case TARGET -> target;
            case PATH_AND_QUERY -> target.substring(path);
            case PATH -> target.substring(path, mark < 0 ? target.length() : mark);
            case QUERY -> mark < 0 ? "" : target.substring(mark + 1);
            case STATUS -> Integer.toString(facts.status());
        };
    }

    static void change(RequestFacts facts, HttpAction.Part part, String value) {
        var target = facts.target();
        int path = pathStart(target);
        int mark = target.indexOf('?', path);
        switch (part) {
            case METHOD -> facts.changeMethod(value);
            case TARGET -> facts.changeTarget(value);
            case PATH_AND_QUERY -> facts.changeTarget(target.substring(0, path) + value);
            case PATH ->
                facts.changeTarget(target.substring(0, path) + value + (mark < 0 ? "" : target.substring(mark)));
            case QUERY ->
                facts.changeTarget(
                        (mark < 0 ? target : target.substring(0, mark)) + (value.isEmpty() ? "" : "?" + value));
            case STATUS -> {}
        }
    }

    /** Where the path of a target begins: behind the authority of an absolute URL. */
    static int pathStart(String target) {
        int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
        if (scheme < 0) {
            return 0;
        }
        for (int i = scheme + 3; i < target.length(); i++) {
            if (target.charAt(i) == '/' || target.charAt(i) == '?') {
                return i;
            }
        }
        return target.length();
    }
}
