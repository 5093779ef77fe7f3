package io.steelyard.api.http;

import io.steelyard.api.text.Template;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What is shown instead of an error of our own, or of a server's where the proxy intercepts errors (nginx {@code error_page}).
 *
 * @param statuses 300 to 599
 * @param place a path, which is searched for a route anew; {@code @name} for a route by name; an absolute URL for a redirection
 * @param status what the client is told; empty for the status of the error
 * @param takesStatusOfPage whether the client is told the status that the page has
 * @param isRecursive whether an error of this page may be shown by another page (nginx {@code recursive_error_pages}), ten of them at most;
 *     otherwise it is shown as it is
 */
public record ErrorPage(
        Set<Integer> statuses, Template place, OptionalInt status, boolean takesStatusOfPage, boolean isRecursive) {
    /** One whose own error is shown as it is. */
    public ErrorPage(Set<Integer> statuses, Template place, OptionalInt status, boolean takesStatusOfPage) {
        this(statuses, place, status, takesStatusOfPage, false);
    }

    public ErrorPage {
        statuses = Set.copyOf(statuses);
        Objects.requireNonNull(place, "place");
        Objects.requireNonNull(status, "status");
        for (int each : statuses) {
            if (each < 300 || each > 599) {
                throw new IllegalArgumentException("status is " + each + ", expected 300 to 599");
            }
        }
    }
}
