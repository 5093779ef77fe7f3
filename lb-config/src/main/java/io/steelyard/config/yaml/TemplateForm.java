package io.steelyard.config.yaml;

import io.steelyard.api.text.Template;
import java.util.ArrayList;
import java.util.List;

/** {@link Template}: text with {@code $variables}, in which {@code $$} is a dollar sign. */
final class TemplateForm {
    private TemplateForm() {}

    static Form<Template> template() {
        return Forms.parsed("text with $variables", TemplateForm::parse, TemplateForm::format);
    }

    static Template parse(String text) {
        var parts = new ArrayList<Template.Part>();
        int start = 0;
        for (int dollar = text.indexOf("$$"); dollar >= 0; dollar = text.indexOf("$$", start)) {
            append(parts, Template.parse(text.substring(start, dollar)).parts());
            append(parts, Template.literal("$").parts());
            start = dollar + 2;
        }
        append(parts, Template.parse(text.substring(start)).parts());
        return new Template(parts);
    }

    /** Joins a literal to one before it. */
    private static void append(List<Template.Part> parts, List<Template.Part> more) {
        for (var part : more) {
            if (part instanceof Template.Part.Literal literal
                    && !parts.isEmpty()
                    && parts.getLast() instanceof Template.Part.Literal before) {
                parts.set(parts.size() - 1, new Template.Part.Literal(before.text() + literal.text()));
            } else {
                parts.add(part);
            }
        }
    }

    static String format(Template template) {
        var text = new StringBuilder();
        for (int i = 0; i < template.parts().size(); i++) {
            switch (template.parts().get(i)) {
                case Template.Part.Literal literal -> text.append(literal.text().replace("$", "$$"));
                case Template.Part.Variable variable ->
                    text.append(
                            isFollowedByNameCharacter(template, i)
                                    ? "${" + variable.name() + "}"
                                    : "$" + variable.name());
            }
        }
        return text.toString();
    }

    private static boolean isFollowedByNameCharacter(Template template, int index) {
        return index + 1 < template.parts().size()
                && template.parts().get(index + 1) instanceof Template.Part.Literal next
                && (Character.isLetterOrDigit(next.text().charAt(0))
                        || next.text().charAt(0) == '_');
    }
}
