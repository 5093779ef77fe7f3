package io.steelyard.config.yaml;

import io.steelyard.api.http.PathMatch;

/** {@link PathMatch}, as nginx writes it behind {@code location}. */
final class PathMatchForm {
    private PathMatchForm() {}

    static Form<PathMatch> pathMatch() {
        return Forms.parsed("path match", PathMatchForm::parse, PathMatchForm::format);
    }

    static PathMatch parse(String text) {
        if (text.equals("@")) {
            return new PathMatch.Named();
        }
        int space = text.indexOf(' ');
        var rest = text.substring(space + 1);
        return switch (space < 0 ? "" : text.substring(0, space)) {
            case "=" -> new PathMatch.Exact(rest);
            case "^~" -> new PathMatch.Prefix(rest, true);
            case "~" -> new PathMatch.Expression(rest, false);
            case "~*" -> new PathMatch.Expression(rest, true);
            default -> new PathMatch.Prefix(text, false);
        };
    }

    static String format(PathMatch match) {
        return switch (match) {
            case PathMatch.Exact exact -> "= " + exact.path();
            case PathMatch.Prefix prefix -> prefix.isFinal() ? "^~ " + prefix.path() : prefix.path();
            case PathMatch.Expression expression -> (expression.ignoresCase() ? "~* " : "~ ") + expression.text();
            case PathMatch.Named named -> "@";
        };
    }
}
