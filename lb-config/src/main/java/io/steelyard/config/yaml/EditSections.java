package io.steelyard.config.yaml;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.List;

/** The actions that answer or change a message at once. */
final class EditSections {
    private static final Template NOTHING = Template.literal("");

    private EditSections() {}

    /** {@link HttpAction.Fail}. */
    static final class FailSection extends Section<HttpAction.Fail> {
        private final Key<HttpAction.Fail, Integer> status =
                required("status", Forms.whole(200, 599), HttpAction.Fail::status, "The status.");
        private final Key<HttpAction.Fail, Duration> delay = optional(
                "delay", Forms.time(), HttpAction.Fail::delay, Duration.ZERO, "How long the client waits for it.");

        FailSection() {
            super("fail");
        }

        @Override
        HttpAction.Fail make(Values values) {
            return new HttpAction.Fail(values.get(status), values.or(delay, Duration.ZERO));
        }
    }

    /** {@link HttpAction.Respond}. */
    static final class RespondSection extends Section<HttpAction.Respond> {
        private final Key<HttpAction.Respond, Integer> status =
                required("status", Forms.whole(200, 599), HttpAction.Respond::status, "The status.");
        private final Key<HttpAction.Respond, List<FieldChange>> fields = optional(
                "fields",
                Forms.list(new FieldChangeSection()),
                HttpAction.Respond::fields,
                List.of(),
                "Of the answer; one whose value is empty is left out.");
        private final Key<HttpAction.Respond, Template> body =
                optional("body", TemplateForm.template(), HttpAction.Respond::body, NOTHING, "The body.");

        RespondSection() {
            super("respond");
        }

        @Override
        HttpAction.Respond make(Values values) {
            return new HttpAction.Respond(values.get(status), values.or(fields, List.of()), values.or(body, NOTHING));
        }
    }

    /** {@link HttpAction.EditField}. */
    static final class FieldSection extends Section<HttpAction.EditField> {
        private final Key<HttpAction.EditField, HttpAction.Edit> edit = optional(
                "edit",
                Forms.word(HttpAction.Edit.class),
                HttpAction.EditField::edit,
                HttpAction.Edit.SET,
                "`set` to one field, `add` one more, `remove` them, `replace` values that an expression matches, or `replaceParts` of "
                        + "them between commas.");
        private final Key<HttpAction.EditField, String> fieldName =
                required("name", Forms.text(), HttpAction.EditField::name, "The field's name, whatever the case.");
        private final Key<HttpAction.EditField, HttpAction.Names> names = optional(
                "names",
                Forms.word(HttpAction.Names.class),
                HttpAction.EditField::names,
                HttpAction.Names.ARE,
                "With `remove`: whether names `are` the text, `startWith`, `endWith` or `contain` it, or whether the expression "
                        + "`matches` them.");
        private final Key<HttpAction.EditField, String> expression = optional(
                "expression",
                Forms.text(),
                HttpAction.EditField::expression,
                "",
                "What values are replaced: those the regular expression matches somewhere.");
        private final Key<HttpAction.EditField, Template> value = optional(
                "value",
                TemplateForm.template(),
                HttpAction.EditField::value,
                NOTHING,
                "The value; `\\1` to `\\9` are groups of the expression.");

        FieldSection() {
            super("edit of a field");
        }

        @Override
        HttpAction.EditField make(Values values) {
            return new HttpAction.EditField(
                    values.or(edit, HttpAction.Edit.SET),
                    values.get(fieldName),
                    values.or(names, HttpAction.Names.ARE),
                    values.or(expression, ""),
                    values.or(value, NOTHING));
        }
    }

    /** {@link HttpAction.EditLine}. */
    static final class LineSection extends Section<HttpAction.EditLine> {
        private final Key<HttpAction.EditLine, HttpAction.Part> part = required(
                "part",
                Forms.word(HttpAction.Part.class),
                HttpAction.EditLine::part,
                "`method`, `target` for all behind it, `path`, `pathAndQuery`, `query`, or an answer's `status`.");
        private final Key<HttpAction.EditLine, String> expression = optional(
                "expression",
                Forms.text(),
                HttpAction.EditLine::expression,
                "",
                "The part is replaced where the regular expression matches it somewhere; always where it is empty.");
        private final Key<HttpAction.EditLine, Template> value = required(
                "value",
                TemplateForm.template(),
                HttpAction.EditLine::value,
                "What it becomes; `\\1` to `\\9` are groups of the expression. A status may have a phrase behind it.");

        LineSection() {
            super("edit of a line");
        }

        @Override
        HttpAction.EditLine make(Values values) {
            return new HttpAction.EditLine(values.get(part), values.or(expression, ""), values.get(value));
        }
    }

    /** {@link HttpAction.Remember}. */
    static final class RememberSection extends Section<HttpAction.Remember> {
        private final Key<HttpAction.Remember, String> noteName = required(
                "name",
                Forms.text(),
                HttpAction.Remember::name,
                "What it is noted under; `sess.` at its beginning keeps it for the connection, `proc.` for the process.");
        private final Key<HttpAction.Remember, Template> value =
                absent("value", TemplateForm.template(), HttpAction.Remember::value, "forgotten", "The text.");

        RememberSection() {
            super("note");
        }

        @Override
        HttpAction.Remember make(Values values) {
            return new HttpAction.Remember(values.get(noteName), values.find(value));
        }
    }
}
