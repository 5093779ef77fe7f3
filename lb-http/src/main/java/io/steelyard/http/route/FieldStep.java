package io.steelyard.http.route;

import io.steelyard.api.http.HttpAction.Edit;
import io.steelyard.api.http.HttpAction.EditField;
import io.steelyard.api.http.HttpAction.Names;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.octet.Octets;
import io.steelyard.pool.variable.VariableTable;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** {@link EditField}, made ready. */
final class FieldStep {
    private FieldStep() {}

    static Step of(EditField edit, VariableTable variables) {
        var value = variables.compile(edit.value());
        if (edit.edit() == Edit.REMOVE && edit.names() != Names.ARE) {
            var isMeant = names(edit);
            return (target, evaluation) -> {
                removeNamed(target.fields(), isMeant);
                return Step.GO_ON;
            };
        }
        var name = FieldName.of(edit.name());
        var pattern = Pattern.compile(edit.expression());
        return (target, evaluation) -> {
            var fields = target.fields();
            switch (edit.edit()) {
                case REMOVE -> fields.remove(name);
                case ADD -> fields.add(name, clean(evaluation.raw(value)));
                case SET -> {
                    var text = clean(evaluation.raw(value));
                    fields.remove(name);
                    fields.add(name, text);
                }
                case REPLACE, REPLACE_PARTS ->
                    replace(fields, name, pattern, evaluation.raw(value), edit.edit() == Edit.REPLACE_PARTS);
            }
            return Step.GO_ON;
        };
    }

    private static Predicate<String> names(EditField edit) {
        var name = edit.name().toLowerCase(Locale.ROOT);
        return switch (edit.names()) {
            case ARE -> name::equals;
            case START_WITH -> text -> text.startsWith(name);
            case END_WITH -> text -> text.endsWith(name);
            case CONTAIN -> text -> text.contains(name);
            case MATCHES ->
                Pattern.compile(edit.name(), Pattern.CASE_INSENSITIVE).asPredicate();
        };
    }

    private static void removeNamed(FieldBlock fields, Predicate<String> isMeant) {
        for (int i = fields.count() - 1; i >= 0; i--) {
            if (isMeant.test(fields.name(i).toLowerCase(Locale.ROOT))) {
                fields.removeAt(i);
            }
        }
    }

    private static void replace(
            FieldBlock fields, FieldName name, Pattern pattern, String replacement, boolean inParts) {
        for (int i = fields.find(name); i >= 0; i = fields.findNext(name, i)) {
            var before = fields.value(i);
            var after = inParts
                    ? LineStep.replacedParts(before, pattern, replacement)
                    : LineStep.replaced(before, pattern, replacement);
            if (!after.equals(before)) {
                var bytes = Octets.bytes(clean(after));
                int start = fields.append(bytes, 0, bytes.length);
                fields.moveValue(i, start, start + bytes.length);
            }
        }
    }

    /** A value that ends no line. */
    private static String clean(String value) {
        var text = value.strip();
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return cleaned(text);
            }
        }
        return text;
    }

    private static String cleaned(String text) {
        var characters = text.toCharArray();
        for (int i = 0; i < characters.length; i++) {
            characters[i] = isControl(characters[i]) ? ' ' : characters[i];
        }
        return new String(characters);
    }

    private static boolean isControl(char c) {
        return c < ' ' && c != '\t' || c == 0x7F;
    }
}
