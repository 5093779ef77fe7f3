package io.steelyard.config.haproxy;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpAction.Edit;
import io.steelyard.api.http.HttpAction.Names;
import io.steelyard.api.http.HttpAction.Part;
import io.steelyard.api.http.HttpAction.Prioritise.Kind;
import io.steelyard.api.text.Template;
import io.steelyard.config.haproxy.grammar.Word;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Makes actions of the model of what stands behind {@code http-request} and its kin. Each method throws {@link IllegalArgumentException} with
 * what cannot be.
 */
final class HttpActions {
    /** Actions without effect here, and why; by the beginning of their names. */
    private static final Map<String, String> IDLE = Map.ofEntries(
            Map.entry("set-log-level", "every request is logged at one level"),
            Map.entry("set-nice", "tasks have no priorities"),
            Map.entry("set-mark", "packets are not marked"),
            Map.entry("set-tos", "packets are not marked"),
            Map.entry("strict-mode", "actions do not fail"),
            Map.entry("wait-for-handshake", "there is no early data"),
            Map.entry("disable-l7-retry", "retry-on says it for the whole backend"),
            Map.entry("set-timeout", "timeouts hold for the whole backend"));

    private final Proxy proxy;
    private final Texts texts;
    private final Captures captures;

    HttpActions(Proxy proxy, Texts texts, Captures captures) {
        this.proxy = proxy;
        this.texts = texts;
        this.captures = captures;
    }

    /** Why an action does nothing here; empty for one that is carried out or refused. */
    static Optional<String> whyIdle(String name) {
        return IDLE.entrySet().stream()
                .filter(entry -> name.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** @param kind such as {@code http-request} */
    HttpAction make(String kind, List<Word> words) {
        var name = words.getFirst().text();
        var rest = words.subList(1, words.size()).stream().map(Word::text).toList();
        boolean isRequest = kind.equals("http-request");
        var tracking = TrackingActions.tracking(proxy, texts, name, rest);
        if (tracking.isPresent()) {
            return new HttpAction.Track(tracking.get());
        }
        var counting = TrackingActions.counting(proxy, texts, name, rest);
        if (counting.isPresent()) {
            return new HttpAction.Count(counting.get());
        }
        return switch (name) {
            case "allow" -> new HttpAction.Stay();
            case "deny", "tarpit" -> refusal(name, rest, isRequest);
            case "return" -> answer(rest);
            case "auth" -> authentication(rest);
            case "redirect" -> redirection(rest);
            case "reject" -> new HttpAction.Reply(444, Optional.empty(), Optional.empty());
            case "silent-drop" -> new HttpAction.Vanish();
            case "add-header" -> edit(Edit.ADD, rest.get(0), "", rest.get(1));
            case "set-header" -> edit(Edit.SET, rest.get(0), "", rest.get(1));
            case "replace-header" -> edit(Edit.REPLACE, rest.get(0), rest.get(1), rest.get(2));
            case "replace-value" -> edit(Edit.REPLACE_PARTS, rest.get(0), rest.get(1), rest.get(2));
            case "del-header" -> removal(rest);
            case "set-priority-class" -> priority(Kind.CLASS, rest);
            case "set-priority-offset" -> priority(Kind.OFFSET, rest);
            case "set-method" -> line(Part.METHOD, "", rest.get(0));
            case "set-path" -> line(Part.PATH, "", rest.get(0));
            case "set-pathq" -> line(Part.PATH_AND_QUERY, "", rest.get(0));
            case "set-query" -> line(Part.QUERY, "", rest.get(0));
            case "normalize-uri" ->
                line(Part.PATH_AND_QUERY, "", "%[" + UriRules.read(rest).expression() + "]");
            case "set-uri" -> line(Part.TARGET, "", rest.get(0));
            case "replace-path" -> line(Part.PATH, rest.get(0), rest.get(1));
            case "replace-pathq" -> line(Part.PATH_AND_QUERY, rest.get(0), rest.get(1));
            case "replace-uri" -> line(Part.TARGET, rest.get(0), rest.get(1));
            case "set-status" ->
                new HttpAction.EditLine(
                        Part.STATUS, "", Template.literal(rest.get(0) + (rest.size() > 2 ? " " + rest.get(2) : "")));
            case "capture" -> capture(rest, isRequest);
            default -> variable(name, rest);
        };
    }

    private HttpAction.EditField edit(Edit edit, String name, String expression, String value) {
        return new HttpAction.EditField(edit, name, Names.ARE, expression, texts.format(proxy, value));
    }

    private HttpAction.EditLine line(Part part, String expression, String value) {
        return new HttpAction.EditLine(part, expression, texts.format(proxy, value));
    }

    private static HttpAction removal(List<String> rest) {
        var names = rest.size() < 3
                ? Names.ARE
                : switch (rest.get(2)) {
                    case "str" -> Names.ARE;
                    case "beg" -> Names.START_WITH;
                    case "end" -> Names.END_WITH;
                    case "sub" -> Names.CONTAIN;
                    case "reg" -> Names.MATCHES;
                    default -> throw new IllegalArgumentException("'del-header' cannot match by '" + rest.get(2) + "'");
                };
        return new HttpAction.EditField(Edit.REMOVE, rest.getFirst(), names, "", Template.literal(""));
    }

    private HttpAction variable(String name, List<String> rest) {
        int open = name.indexOf('(');
        if (open > 0 && name.endsWith(")")) {
            var inside = name.substring(open + 1, name.length() - 1);
            var variable = inside.indexOf(',') < 0 ? inside : inside.substring(0, inside.indexOf(','));
            switch (name.substring(0, open)) {
                case "set-var" -> {
                    return new HttpAction.Remember(
                            variable, Optional.of(texts.format(proxy, "%[" + String.join("", rest) + "]")));
                }
                case "set-var-fmt" -> {
                    return new HttpAction.Remember(variable, Optional.of(texts.format(proxy, rest.getFirst())));
                }
                case "unset-var" -> {
                    return new HttpAction.Remember(variable, Optional.empty());
                }
                default -> {}
            }
        }
        throw new IllegalArgumentException("'" + name + "' cannot be honoured: it is not supported");
    }

    private HttpAction capture(List<String> rest, boolean isRequest) {
        int length = rest.indexOf("len");
        int id = rest.indexOf("id");
        int end = length > 0 ? length : id;
        if (end < 1 || end + 1 == rest.size()) {
            throw new IllegalArgumentException("'capture' has neither a length nor a slot");
        }
        int number = Values.number(rest.get(end + 1), 0, 65_535);
        int slot = length > 0 ? captures.add(isRequest) : number;
        var text = String.join("", rest.subList(0, end));
        var cut = length > 0 ? "%[" + text + ",bytes(0," + number + ")]" : "%[" + text + "]";
        return new HttpAction.Remember(
                (isRequest ? "capture.req." : "capture.res.") + slot, Optional.of(texts.format(proxy, cut)));
    }

    // ---- answers

    private HttpAction refusal(String name, List<String> rest, boolean isRequest) {
        var content = content(rest);
        int otherwise = !isRequest ? 502 : name.equals("tarpit") ? 500 : 403;
        int status = content.status().orElse(otherwise);
        if (content.body().isPresent()) {
            return respond(status, content);
        }
        var delay = name.equals("tarpit")
                ? Times.of(proxy, "timeout tarpit")
                        .or(() -> Times.of(proxy, "timeout connect", "contimeout"))
                        .orElse(Duration.ZERO)
                : Duration.ZERO;
        return new HttpAction.Fail(status, delay);
    }

    private HttpAction answer(List<String> rest) {
        var content = content(rest);
        if (content.isDefault()) {
            return new HttpAction.Fail(content.status().orElse(200), Duration.ZERO);
        }
        return respond(content.status().orElse(200), content);
    }

    private HttpAction respond(int status, Content content) {
        var fields = new ArrayList<>(content.fields());
        if (!content.type().isEmpty()) {
            fields.addFirst(field("content-type", Template.literal(content.type())));
        }
        return new HttpAction.Respond(status, fields, content.body().orElse(Template.literal("")));
    }

    /** When the request's turn comes. @param rest an expression, in as many words as it was written in */
    private HttpAction priority(Kind kind, List<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException("a priority has to be followed by an expression");
        }
        return new HttpAction.Prioritise(kind, texts.format(proxy, "%[" + String.join("", rest) + "]"));
    }

    /** What an answer is made of. */
    private record Content(
            OptionalInt status, String type, List<FieldChange> fields, Optional<Template> body, boolean isDefault) {}

    private Content content(List<String> rest) {
        var status = OptionalInt.empty();
        var type = "";
        Template body = null;
        boolean isDefault = false;
        var fields = new ArrayList<FieldChange>();
        for (int i = 0; i < rest.size(); i++) {
            switch (rest.get(i)) {
                case "default-errorfiles" -> isDefault = true;
                case "hdr" -> {
                    fields.add(new FieldChange(
                            FieldChange.Kind.ADD, rest.get(i + 1), texts.format(proxy, rest.get(i + 2)), true));
                    i += 2;
                }
                case "status", "deny_status" -> status = OptionalInt.of(Values.number(rest.get(++i), 200, 599));
                case "content-type" -> type = rest.get(++i);
                case "string" -> body = Template.literal(rest.get(++i));
                case "lf-string" -> body = texts.format(proxy, rest.get(++i));
                case "file" -> body = Template.literal(file(rest.get(++i)));
                case "lf-file" -> body = texts.format(proxy, file(rest.get(++i)));
                case "errorfile" -> {
                    var whole = ErrorAnswers.file(200, rest.get(++i));
                    status = OptionalInt.of(whole.shown());
                    fields.addAll(whole.fields());
                    body = whole.body();
                }
                default ->
                    throw new IllegalArgumentException("'" + rest.get(i)
                            + "' of an answer is not supported; write the text " + "with string or file");
            }
        }
        return new Content(status, type, fields, Optional.ofNullable(body), isDefault);
    }

    private static String file(String path) {
        try {
            return Files.readString(Path.of(path), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("file '" + path + "' cannot be read", unreadable);
        }
    }

    private HttpAction authentication(List<String> rest) {
        var realm = rest.size() == 2 && rest.getFirst().equals("realm")
                ? rest.get(1)
                : proxy.name().text();
        return login(realm);
    }

    /** Asks for a name and a password. */
    static HttpAction login(String realm) {
        return new HttpAction.Respond(
                401,
                List.of(
                        field("cache-control", Template.literal("no-cache")),
                        field("content-type", Template.literal("text/html")),
                        field("www-authenticate", Template.literal("Basic realm=\"" + realm + "\""))),
                Template.literal(
                        "<html><body><h1>401 Unauthorized</h1>\nYou need a valid user and password to access this "
                                + "content.\n</body></html>\n"));
    }

    private static FieldChange field(String name, Template value) {
        return new FieldChange(FieldChange.Kind.SET, name, value, true);
    }

    /** {@code redirect}: an empty answer that leads elsewhere. */
    HttpAction redirection(List<String> rest) {
        var place = new ArrayList<String>();
        int code = 302;
        @Nullable String cookie = null;
        for (int i = 0; i < rest.size(); i++) {
            switch (rest.get(i)) {
                case "location", "prefix", "scheme" -> {
                    place.addFirst(rest.get(i + 1));
                    place.addFirst(rest.get(i));
                    i++;
                }
                case "code" -> code = Values.number(rest.get(++i), 300, 399);
                case "set-cookie" -> cookie = rest.get(++i) + "; path=/;";
                case "clear-cookie" -> cookie = rest.get(++i) + "; path=/; Max-Age=0;";
                case "drop-query", "append-slash" -> place.add(rest.get(i));
                case "ignore-empty" -> {}
                default -> throw new IllegalArgumentException("'redirect' has no parameter '" + rest.get(i) + "'");
            }
        }
        if (place.isEmpty()) {
            throw new IllegalArgumentException("redirect has no place, expected location, prefix or scheme");
        }
        var fields = new ArrayList<FieldChange>();
        fields.add(field("location", texts.redirection(proxy, place)));
        if (code == 302 || code == 303 || code == 307) {
            fields.add(field("cache-control", Template.literal("no-cache")));
        }
        if (cookie != null) {
            fields.add(field("set-cookie", Template.literal(cookie)));
        }
        return new HttpAction.Respond(code, fields, Template.literal(""));
    }
}
