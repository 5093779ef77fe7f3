package io.steelyard.http.proxy;

/** How often a client was redirected before, as a parameter of its query says. Without state. */
final class HopCount {
    private static final int MOST = 99;

    private HopCount() {}

    /**
     * Reads the count.
     *
     * @param query without its question mark
     * @param name of the parameter; empty for none
     * @return 0 where there is none or it is no number; the last where it is there more than once; 99 at most
     */
    static int of(String query, String name) {
        int count = 0;
        if (!name.isEmpty()) {
            for (var parameter : query.split("&", -1)) {
                if (isNamed(parameter, name)) {
                    count = number(parameter.substring(name.length() + 1));
                }
            }
        }
        return count;
    }

    /** The path and query with a count that is one more, behind what else is there. */
    static String raised(String target, String name) {
        if (name.isEmpty()) {
            return target;
        }
        int mark = target.indexOf('?');
        var path = mark < 0 ? target : target.substring(0, mark);
        var query = mark < 0 ? "" : target.substring(mark + 1);
        var result = new StringBuilder(path).append('?');
        if (!query.isEmpty()) {
            for (var parameter : query.split("&", -1)) {
                if (!isNamed(parameter, name)) {
                    result.append(parameter).append('&');
                }
            }
        }
        return result.append(name).append('=').append(of(query, name) + 1).toString();
    }

    private static boolean isNamed(String parameter, String name) {
        return parameter.startsWith(name) && parameter.startsWith("=", name.length());
    }

    private static int number(String text) {
        boolean isNumber = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return !isNumber ? 0 : text.length() > 2 ? MOST : Integer.parseInt(text);
    }
}
