package io.steelyard.config.yaml;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Makes a tree of a YAML text. The tokens are snakeyaml-engine's; the tree is ours, so that each piece keeps its place, doubled keys are
 * told with both places, and nesting is bounded before it costs stack. A tree in which aliases were used shares pieces.
 */
final class YamlParser {
    /** Configurations nest eight deep. */
    static final int MAX_DEPTH = 64;

    static final int MAX_CHARACTERS = 32 << 20;

    private static final String STANDARD_TAGS = "tag:yaml.org,2002:";

    private final String file;
    private final ParserImpl events;
    private final Consumer<Problem> problems;
    private final Map<Anchor, Optional<Yaml>> anchors = new HashMap<>();

    private YamlParser(String file, ParserImpl events, Consumer<Problem> problems) {
        this.file = file;
        this.events = events;
        this.problems = problems;
    }

    /** The one document of {@code source}; nothing where there is none or it cannot be parsed, which has then been told. */
    static Optional<Yaml> parse(ConfigurationSource source, Consumer<Problem> problems) {
        var start = new Position(source.name(), 1, 1);
        if (source.text().length() > MAX_CHARACTERS) {
            problems.accept(
                    Problem.error("", "the file is too large: " + source.text().length() + " characters")
                            .at(start)
                            .expected("at most " + MAX_CHARACTERS));
            return Optional.empty();
        }
        var cleaned = TextCleaner.clean(source);
        cleaned.problems().forEach(problems);
        var settings = LoadSettings.builder()
                .setLabel(source.name())
                .setCodePointLimit(MAX_CHARACTERS)
                .build();
        var events = new ParserImpl(settings, new StreamReader(settings, cleaned.text()));
        var parser = new YamlParser(source.name(), events, problems);
        try {
            return parser.document(start);
        } catch (MarkedYamlEngineException wrong) {
            problems.accept(parser.syntaxError(wrong));
        } catch (YamlEngineException | StackOverflowError wrong) {
            problems.accept(
                    Problem.error("", "not valid YAML: " + wrong.getMessage()).at(start));
        }
        return Optional.empty();
    }

    private Optional<Yaml> document(Position start) {
        events.next();
        if (events.checkEvent(Event.ID.StreamEnd)) {
            problems.accept(
                    Problem.error("", "the file is empty").at(start).expected("keys such as pools and virtualServers"));
            return Optional.empty();
        }
        events.next();
        var root = value(1);
        events.next();
        if (events.checkEvent(Event.ID.DocumentStart)) {
            problems.accept(Problem.error("", "a second document begins here")
                    .at(position(events.peekEvent().getStartMark()))
                    .expected("one document a file")
                    .remedy("put it into a file of its own and name both"));
        }
        return Optional.of(root);
    }

    private Yaml value(int depth) {
        var event = events.next();
        var at = position(event.getStartMark());
        if (depth > MAX_DEPTH) {
            throw new MarkedYamlEngineException(
                    "", Optional.empty(), "values are nested more than " + MAX_DEPTH + " deep", event.getStartMark()) {
                private static final long serialVersionUID = 1L;
            };
        }
        return switch (event) {
            case AliasEvent alias -> alias(alias, at);
            case ScalarEvent scalar -> {
                checkTag(scalar.getTag(), at);
                yield anchored(
                        scalar.getAnchor(),
                        new Yaml.Scalar(
                                scalar.getValue(),
                                scalar.isPlain() && scalar.getTag().isEmpty(),
                                at));
            }
            case SequenceStartEvent sequence -> {
                checkTag(sequence.getTag(), at);
                begin(sequence.getAnchor());
                yield anchored(sequence.getAnchor(), new Yaml.Sequence(items(depth), at));
            }
            case MappingStartEvent mapping -> {
                checkTag(mapping.getTag(), at);
                begin(mapping.getAnchor());
                yield anchored(mapping.getAnchor(), new Yaml.Mapping(entries(depth), at));
            }
            default -> throw new YamlEngineException("unexpected " + event.getEventId());
        };
    }

    private List<Yaml> items(int depth) {
        var items = new ArrayList<Yaml>();
        while (!events.checkEvent(Event.ID.SequenceEnd)) {
            items.add(value(depth + 1));
        }
        events.next();
        return items;
    }

    private List<Yaml.Entry> entries(int depth) {
        var entries = new ArrayList<Yaml.Entry>();
        var places = new HashMap<String, Position>();
        while (!events.checkEvent(Event.ID.MappingEnd)) {
            var key = value(depth + 1);
            var value = value(depth + 1);
            if (!(key instanceof Yaml.Scalar name)) {
                problems.accept(Problem.error("", "found " + key.kind() + " for a key")
                        .at(key.at())
                        .expected("a name"));
                continue;
            }
            var first = places.putIfAbsent(name.text(), name.at());
            if (first == null) {
                entries.add(new Yaml.Entry(name, value));
            } else {
                problems.accept(
                        Problem.error("", "the key '" + name.text() + "' is here twice; the first is at " + first)
                                .at(name.at())
                                .remedy("remove one of them"));
            }
        }
        events.next();
        return entries;
    }

    private void begin(Optional<Anchor> anchor) {
        anchor.ifPresent(name -> anchors.put(name, Optional.empty()));
    }

    private Yaml anchored(Optional<Anchor> anchor, Yaml yaml) {
        anchor.ifPresent(name -> anchors.put(name, Optional.of(yaml)));
        return yaml;
    }

    private Yaml alias(AliasEvent alias, Position at) {
        var target = anchors.get(alias.getAlias());
        if (target != null && target.isPresent()) {
            return target.get();
        }
        var name = alias.getAlias().getValue();
        problems.accept(Problem.error("", "'*" + name + "' " + (target == null ? "has no anchor" : "contains itself"))
                .at(at)
                .expected(target == null ? "an earlier &" + name : "an alias of something that has ended")
                .remedy(target == null ? "a text that begins with '*' needs quotes" : ""));
        return new Yaml.Scalar("*" + name, false, at);
    }

    private void checkTag(Optional<String> tag, Position at) {
        tag.filter(name -> !name.equals("!") && !name.startsWith(STANDARD_TAGS))
                .ifPresent(name -> problems.accept(Problem.error("", "the tag '" + name + "' has no meaning here")
                        .at(at)
                        .remedy("remove it; a text that begins with '!' needs quotes")));
    }

    private Problem syntaxError(MarkedYamlEngineException wrong) {
        var what = wrong.getProblem();
        var at = position(wrong.getProblemMark().or(wrong::getContextMark));
        var context = wrong.getContext();
        var problem = Problem.error(
                        "",
                        "not valid YAML: " + (context == null || context.isEmpty() ? "" : context.strip() + ", ")
                                + what)
                .at(at);
        if (what.contains("TAB")) {
            return problem.remedy("indent with spaces");
        }
        return problem.remedy("mend this first; what follows it was not checked");
    }

    private Position position(Optional<Mark> mark) {
        return mark.map(place -> new Position(file, place.getLine() + 1, place.getColumn() + 1))
                .orElse(new Position(file, 1, 1));
    }
}
