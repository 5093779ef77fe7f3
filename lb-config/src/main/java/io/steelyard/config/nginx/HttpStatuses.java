package io.steelyard.config.nginx;

/** Statuses that a file gives. */
final class HttpStatuses {
    private static final int DEFAULT_LIMIT_STATUS = 503;

    private HttpStatuses() {}

    /** The status of refused requests; 503 where none is given, or one that is wrong, which is told. */
    static int ofLimit(Findings findings, HttpScope scope, String name) {
        var given = scope.nearest(name, Values::number);
        if (given.isPresent() && (given.get() < 400 || given.get() > 599)) {
            var directive = scope.nearest(name).orElseThrow();
            findings.badArgument(directive, directive.argument(0), "400 to 599");
            return DEFAULT_LIMIT_STATUS;
        }
        return given.orElse(DEFAULT_LIMIT_STATUS);
    }
}
