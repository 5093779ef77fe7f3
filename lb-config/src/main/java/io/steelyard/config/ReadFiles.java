package io.steelyard.config;

import io.steelyard.api.Configuration;
import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ReadResult;
import java.util.List;
import java.util.Optional;

/**
 * What several files say together.
 *
 * @param configuration the model; absent where there is an error
 * @param problems everything found, file after file, then what only shows when they are put together
 * @param parts what each file that could be read says, in the order given
 */
public record ReadFiles(Optional<Configuration> configuration, List<Problem> problems, List<ReadResult> parts) {
    public ReadFiles {
        problems = List.copyOf(problems);
        parts = List.copyOf(parts);
    }

    /** A problem with the position of the part of a file it names, or of the nearest enclosing part that has one. */
    public Problem locate(Problem problem) {
        // The longest path any file knows wins, so that a pool of one file is not looked for in another that merely has
        // pools.
        for (var path = problem.path(); !path.isEmpty(); path = path.substring(0, Math.max(path.lastIndexOf('.'), 0))) {
            for (var part : parts) {
                var position = part.positions().get(path);
                if (position != null && problem.position().isEmpty()) {
                    return problem.at(position);
                }
            }
        }
        return problem;
    }

    /** Where a part of the model stands, where a file has it. */
    Optional<Position> position(String path) {
        return parts.stream()
                .map(part -> part.positions().get(path))
                .filter(java.util.Objects::nonNull)
                .findFirst();
    }
}
