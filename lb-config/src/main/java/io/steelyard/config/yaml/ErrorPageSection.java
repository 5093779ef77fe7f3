package io.steelyard.config.yaml;

import io.steelyard.api.http.ErrorPage;
import io.steelyard.api.text.Template;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** {@link ErrorPage}. */
final class ErrorPageSection extends Section<ErrorPage> {
    private final Key<ErrorPage, List<Integer>> statuses = required(
            "statuses",
            Forms.list(Forms.whole(300, 599)),
            page -> page.statuses().stream().sorted().toList(),
            "The errors it is for.");
    private final Key<ErrorPage, Template> place = required(
            "place",
            TemplateForm.template(),
            ErrorPage::place,
            "A path, for which a route is searched anew; `@name` for a route by name; an absolute URL for a redirection.");
    private final Key<ErrorPage, Integer> status = absent(
            "status",
            Forms.whole(0, 999),
            page -> page.status().stream().boxed().findFirst(),
            "the error's",
            "The status the client is told.");
    private final Key<ErrorPage, Boolean> takesStatusOfPage = optional(
            "takesStatusOfPage",
            Forms.flag(),
            ErrorPage::takesStatusOfPage,
            false,
            "Whether the client is told the status that the page has.");
    private final Key<ErrorPage, Boolean> isRecursive = optional(
            "recursive",
            Forms.flag(),
            ErrorPage::isRecursive,
            false,
            "Whether an error of this page may be shown by another page.");

    ErrorPageSection() {
        super("error page");
    }

    @Override
    ErrorPage make(Values values) {
        return new ErrorPage(
                Set.copyOf(values.get(statuses)),
                values.get(place),
                values.find(status).map(OptionalInt::of).orElseGet(OptionalInt::empty),
                values.or(takesStatusOfPage, false),
                values.or(isRecursive, false));
    }
}
