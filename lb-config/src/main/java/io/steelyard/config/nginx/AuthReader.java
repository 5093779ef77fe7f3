package io.steelyard.config.nginx;

import io.steelyard.api.http.BasicAuthentication;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.config.nginx.grammar.Word;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code auth_basic} and {@code auth_basic_user_file}; the users' file is read with the configuration. */
final class AuthReader {
    private static final int MOST_FILE_BYTES = 16 << 20;

    private final Findings findings;
    private final VariableScope variables;
    private final List<VariableDefinition> definitions;
    private final Map<Path, Template> byFile = new HashMap<>();
    private final Set<String> told = new HashSet<>();

    /** @param definitions those of the file; one for each file of users is added */
    AuthReader(Findings findings, VariableScope variables, List<VariableDefinition> definitions) {
        this.findings = findings;
        this.variables = variables;
        this.definitions = definitions;
    }

    /** Who may ask by name and password; empty where everybody may. */
    Optional<BasicAuthentication> read(HttpScope scope) {
        var realm = scope.nearestWord("auth_basic").filter(word -> !word.text().equals("off"));
        var file = scope.nearestWord("auth_basic_user_file");
        if (realm.isEmpty()) {
            return Optional.empty();
        }
        if (file.isEmpty()) {
            warn(
                    realm.get(),
                    "'auth_basic' without 'auth_basic_user_file' lets everybody in",
                    "name a file of users, or write 'auth_basic off'");
            return Optional.empty();
        }
        boolean isEnough = scope.nearestWord("satisfy")
                .filter(word -> word.text().equals("any"))
                .isPresent();
        return variables.template(realm.get()).map(text -> new BasicAuthentication(text, users(file.get()), isEnough));
    }

    private void warn(Word at, String what, String remedy) {
        if (told.add(at.position() + what)) {
            findings.warning(at.position(), what, remedy);
        }
    }

    /** What says whether a request is a user's; empty, and told, where the file cannot be read. */
    private Optional<Template> users(Word word) {
        if (word.text().contains("$")) {
            if (told.add(word.position().toString())) {
                findings.error(
                        word.position(),
                        "'auth_basic_user_file " + word
                                + "' cannot be honoured: the file is read with the configuration",
                        "a path without variables",
                        "make a location of each file");
            }
            return Optional.empty();
        }
        try {
            // Beside the configuration file, as with nginx.
            var folder = Path.of(word.position().file()).getParent();
            var file = folder == null ? Path.of(word.text()) : folder.resolve(word.text());
            var known = byFile.get(file);
            if (known != null) {
                return Optional.of(known);
            }
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_FILE_BYTES) {
                throw new IOException("it is no file of at most 16 MiB");
            }
            return Optional.of(define(word, file, Files.readString(file, StandardCharsets.ISO_8859_1)));
        } catch (IOException | InvalidPathException unreadable) {
            warn(
                    word,
                    "the file of users '" + word + "' cannot be read: whoever gives a name and password gets 403",
                    "make the file, and have the configuration read again");
            return Optional.empty();
        }
    }

    private Template define(Word word, Path file, String text) {
        for (var name : UsersLanguage.unknown(text)) {
            warn(
                    word,
                    "the password of '" + name + "' in " + file
                            + " is hashed in a way that is not known: nobody can be this user",
                    "hash it with $apr1$, $5$ or $6$, such as by 'openssl passwd -6'");
        }
        var variable = MadeName.of("ngx_users_", text);
        var definition = new VariableDefinition.Computed(variable, UsersLanguage.NAME, text);
        if (!definitions.contains(definition)) {
            definitions.add(definition);
        }
        var made = Template.parse("${" + variable + "}");
        byFile.put(file, made);
        return made;
    }
}
