package io.steelyard.config.yaml;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationReader;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.text.PatternFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads our own YAML. Every key is explained in {@code docs/configuration.md}; {@code docs/schema/steelyard.schema.json} tells editors.
 * Files of any content are safe to read: size, nesting and the growth by aliases are bounded.
 */
public final class YamlReader implements ConfigurationReader {
    private static final ConfigurationSection CONFIGURATION = new ConfigurationSection();
    private static final Pattern OUR_KEY =
            Pattern.compile("(?m)(^|^\\s*\\{\\s*)\"?(settings|pools|virtualServers)\"?\\s*:");
    private static final int RECOGNIZED_CHARACTERS = 1 << 20;

    /** For ServiceLoader. */
    public YamlReader() {}

    @Override
    public String name() {
        return "yaml";
    }

    @Override
    public String description() {
        return "our own YAML format, every key of the model";
    }

    @Override
    public int recognizes(ConfigurationSource source) {
        var start = source.text().substring(0, Math.min(source.text().length(), RECOGNIZED_CHARACTERS));
        if (OUR_KEY.matcher(start).find()) {
            return 90;
        }
        return source.name().endsWith(".yaml") || source.name().endsWith(".yml") ? 60 : 0;
    }

    @Override
    public ReadResult read(ConfigurationSource source) {
        PatternFile.rereadAll();
        return read(source, true);
    }

    @Override
    public ReadResult readPart(ConfigurationSource source) {
        return read(source, false);
    }

    private static ReadResult read(ConfigurationSource source, boolean isWhole) {
        var told = new ArrayList<Problem>();
        var document = YamlParser.parse(source, told::add);
        var reading = Reading.begin(told);
        var read = document.flatMap(yaml -> CONFIGURATION.read(yaml, reading));
        var found = new ReadResult(Optional.empty(), reading.problems(), reading.positions());
        if (isWhole) {
            read.map(Configuration::problems)
                    .ifPresent(problems -> problems.forEach(problem -> reading.tell(found.locate(problem))));
        }
        var problems = reading.problems().stream()
                .sorted(Comparator.comparing(YamlReader::line).thenComparing(YamlReader::column))
                .toList();
        boolean isSound = problems.stream().noneMatch(Problem::isError);
        return new ReadResult(isSound ? read : Optional.empty(), problems, reading.positions());
    }

    private static int line(Problem problem) {
        return problem.position().map(at -> at.line()).orElse(Integer.MAX_VALUE);
    }

    private static int column(Problem problem) {
        return problem.position().map(at -> at.column()).orElse(Integer.MAX_VALUE);
    }
}
