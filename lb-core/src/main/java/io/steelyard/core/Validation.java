package io.steelyard.core;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.http.Content;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.proxy.Target;
import io.steelyard.core.tls.TlsFileCheck;
import io.steelyard.pool.PoolValidation;
import io.steelyard.pool.variable.VariableTable;
import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with a configuration, as far as that can be seen without running it. */
public final class Validation {
    private Validation() {}

    /**
     * Checks the whole, with every plug-in's part in it.
     *
     * @return all problems in configuration order; {@link Steelyard#start} refuses a configuration with an error among them
     */
    public static List<Problem> problems(Configuration configuration, Plugins plugins) {
        var problems = new ArrayList<>(configuration.problems());
        for (var pool : configuration.pools()) {
            problems.addAll(PoolValidation.check(pool, plugins));
        }
        try {
            VariableTable.of(configuration.variables(), plugins::language);
        } catch (IllegalArgumentException malformed) {
            problems.add(Problem.error("variables", String.valueOf(malformed.getMessage())));
        }
        for (var server : configuration.virtualServers()) {
            if (server.target() instanceof Target.Http http) {
                http.service().routes().forEach(route -> {
                    if (route.content() instanceof Content.Page page) {
                        checkPage("virtualServers." + server.name(), page, plugins, problems);
                    }
                });
            }
        }
        if (!configuration.virtualRouters().isEmpty()
                && plugins.virtualRouters().isEmpty()) {
            problems.add(Problem.error("virtualRouters", "nothing here runs virtual routers")
                    .remedy("add the module lb-vrrp, or leave them out"));
        }
        return List.copyOf(problems);
    }

    /**
     * Reads the certificates, keys and authorities that a configuration names, as its start would.
     *
     * @return what is wrong with them; the path of each is {@code files.} and the file's name as the configuration has it
     */
    public static List<Problem> fileProblems(Configuration configuration) {
        return TlsFileCheck.problems(configuration);
    }

    private static void checkPage(String path, Content.Page page, Plugins plugins, List<Problem> problems) {
        var provider = plugins.statusPage(page.page());
        if (provider.isEmpty()) {
            problems.add(Problem.error(path, "there is no status page '" + page.page() + "'")
                    .remedy("add the module that has it, or leave the route out"));
            return;
        }
        var wrong = Options.check(path + "." + page.page(), provider.get().options(), page.options());
        problems.addAll(wrong);
        if (wrong.isEmpty()) {
            try {
                provider.get().make(Options.of(provider.get().options(), page.options()));
            } catch (IllegalArgumentException refused) {
                problems.add(Problem.error(path, String.valueOf(refused.getMessage())));
            }
        }
    }
}
