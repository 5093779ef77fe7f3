package io.steelyard.config.yaml;

import io.steelyard.api.http.Content;
import java.util.Map;

/** {@link Content.Page}. */
final class PageSection extends Section<Content.Page> {
    private final Key<Content.Page, String> pageName = required(
            "name",
            Forms.parsed("status page name", text -> text, text -> text),
            Content.Page::page,
            "A status page of `lb plugins`, such as `haproxy.statistics`.");
    private final Key<Content.Page, Map<String, String>> options =
            optional("options", Forms.texts(), Content.Page::options, Map.of(), "The page's own options by name.");

    PageSection() {
        super("status page");
    }

    @Override
    Content.Page make(Values values) {
        return new Content.Page(values.get(pageName), values.or(options, Map.of()));
    }
}
