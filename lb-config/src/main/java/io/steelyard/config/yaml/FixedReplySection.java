package io.steelyard.config.yaml;

import io.steelyard.api.http.Content;
import io.steelyard.api.text.Template;

/** {@link Content.Reply}. */
final class FixedReplySection extends Section<Content.Reply> {
    private static final Template NOTHING = Template.literal("");

    private final Key<Content.Reply, Integer> status = required(
            "status",
            Forms.whole(200, 599),
            Content.Reply::status,
            "The status; 444 closes the connection without an answer.");
    private final Key<Content.Reply, Template> text = optional(
            "text",
            TemplateForm.template(),
            Content.Reply::text,
            NOTHING,
            "The body; the place to go to where the status is 301, 302, 303, 307 or 308.");
    private final Key<Content.Reply, String> contentType =
            optional("contentType", Forms.text(), Content.Reply::contentType, "text/plain", "The body's media type.");

    FixedReplySection() {
        super("fixed reply");
    }

    @Override
    Content.Reply make(Values values) {
        return new Content.Reply(values.get(status), values.or(text, NOTHING), values.or(contentType, "text/plain"));
    }
}
