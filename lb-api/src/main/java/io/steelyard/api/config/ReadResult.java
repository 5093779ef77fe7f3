package io.steelyard.api.config;

import io.steelyard.api.Configuration;
import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a reader made of a file.
 *
 * @param configuration the model; absent where there is an error
 * @param problems everything found, in file order
 * @param positions where each part of the model stood in the file, by path such as {@code pools.web.servers.10.0.0.1:80}
 */
public record ReadResult(
        Optional<Configuration> configuration, List<Problem> problems, Map<String, Position> positions) {
    public ReadResult {
        Objects.requireNonNull(configuration, "configuration");
        problems = List.copyOf(problems);
        positions = Map.copyOf(positions);
        if (configuration.isPresent() && problems.stream().anyMatch(Problem::isError)) {
            throw new IllegalArgumentException("a configuration with errors must not be given out");
        }
    }

    /** A problem with the position of the part it names, or of the nearest enclosing part that has one. */
    public Problem locate(Problem problem) {
        if (problem.position().isPresent()) {
            return problem;
        }
        for (var path = problem.path(); !path.isEmpty(); path = path.substring(0, Math.max(path.lastIndexOf('.'), 0))) {
            var position = positions.get(path);
            if (position != null) {
                return problem.at(position);
            }
        }
        return problem;
    }
}
