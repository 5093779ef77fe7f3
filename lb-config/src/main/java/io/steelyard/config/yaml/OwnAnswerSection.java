package io.steelyard.config.yaml;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.OwnAnswer;
import io.steelyard.api.text.Template;
import java.util.List;

/** {@link OwnAnswer}. */
final class OwnAnswerSection extends Section<OwnAnswer> {
    private static final Template NOTHING = Template.literal("");

    private final Key<OwnAnswer, Integer> status =
            required("status", Forms.whole(200, 599), OwnAnswer::status, "The status we would answer with.");
    private final Key<OwnAnswer, Integer> shown = derived(
            "shown", Forms.whole(200, 599), OwnAnswer::shown, OwnAnswer::status, "`status`", "The status clients see.");
    private final Key<OwnAnswer, String> reason =
            optional("reason", Forms.text(), OwnAnswer::reason, "", "The phrase behind it; the usual one where empty.");
    private final Key<OwnAnswer, List<FieldChange>> fields = optional(
            "fields",
            Forms.list(new FieldChangeSection()),
            OwnAnswer::fields,
            List.of(),
            "Of the answer; one whose value is empty is left out.");
    private final Key<OwnAnswer, Template> body =
            optional("body", TemplateForm.template(), OwnAnswer::body, NOTHING, "The body.");

    OwnAnswerSection() {
        super("own answer");
    }

    @Override
    OwnAnswer make(Values values) {
        return new OwnAnswer(
                values.get(status),
                values.or(shown, values.get(status)),
                values.or(reason, ""),
                values.or(fields, List.of()),
                values.or(body, NOTHING));
    }
}
