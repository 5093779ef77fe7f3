package io.steelyard.pool;

import io.steelyard.api.Personality;
import io.steelyard.api.Problem;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugin;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** Finds what is wrong with a pool that only its plug-ins can tell: unknown names, options they do not take, keys they do not hash. */
public final class PoolValidation {
    private static final Set<String> NGINX_WITHOUT_BACKUP = Set.of("nginx.hash", "nginx.ip_hash", "nginx.random");

    private PoolValidation() {}

    /** Every problem of one pool, in the order of its parts. Paths begin with {@code pools.NAME}. */
    public static List<Problem> check(ServerPool pool, Plugins plugins) {
        var problems = new ArrayList<Problem>();
        var path = "pools." + pool.name();
        checkScheduler(pool, plugins, path + ".scheduler", problems);
        checkHealth(pool.healthChecks(), plugins, path, problems);
        for (var server : pool.servers()) {
            checkHealth(server.healthChecks().orElse(List.of()), plugins, path + ".servers." + server.id(), problems);
        }
        return problems;
    }

    private static void checkHealth(
            List<HealthCheckSpec> checks, Plugins plugins, String path, List<Problem> problems) {
        for (int i = 0; i < checks.size(); i++) {
            var spec = checks.get(i);
            var checkPath = path + ".healthChecks[" + i + "]";
            var provider = plugins.healthCheck(spec.type());
            if (provider.isEmpty()) {
                problems.add(unknown(checkPath + ".type", "health check", spec.type(), plugins.healthChecks()));
            } else {
                checkOptions(
                        checkPath,
                        provider.get().options(),
                        spec.options(),
                        options -> provider.get().create(options, spec.steps()),
                        problems);
            }
        }
    }

    private static void checkScheduler(ServerPool pool, Plugins plugins, String path, List<Problem> problems) {
        var spec = pool.scheduler();
        var found = plugins.scheduler(spec.name());
        if (found.isEmpty()) {
            problems.add(unknown(path + ".name", "scheduler", spec.name(), plugins.schedulers()));
            return;
        }
        var provider = found.get();
        checkOptions(path, provider.options(), spec.options(), provider::create, problems);
        checkHashKey(pool, provider, problems);
        boolean hasBackup = pool.servers().stream().anyMatch(server -> server.tier() > 0);
        if (pool.personality() == Personality.NGINX && hasBackup && NGINX_WITHOUT_BACKUP.contains(spec.name())) {
            problems.add(
                    Problem.notice(path, "nginx refuses backup servers with " + spec.name() + "; here they are used"));
        }
    }

    private static void checkHashKey(ServerPool pool, SchedulerProvider provider, List<Problem> problems) {
        var path = "pools." + pool.name() + ".hashKey";
        if (pool.hashKey().isPresent() && !provider.usesHashKey()) {
            problems.add(Problem.warning(path, "scheduler " + provider.name() + " hashes no key")
                    .remedy("leave the hash key out, or choose a scheduler that hashes one"));
        }
        if (pool.hashKey().isEmpty() && provider.usesHashKey()) {
            problems.add(Problem.warning(path, "scheduler " + provider.name() + " hashes a key and the pool has none")
                    .expected("a key such as $remote_addr"));
        }
    }

    private static void checkOptions(
            String path,
            List<OptionSpec> declared,
            Map<String, String> given,
            Function<Options, ?> create,
            List<Problem> problems) {
        var found = Options.check(path + ".options", declared, given);
        problems.addAll(found);
        if (found.isEmpty()) {
            try {
                Objects.requireNonNull(create.apply(Options.of(declared, given)), "the plug-in made nothing");
            } catch (RuntimeException refused) {
                var text = refused.getMessage();
                problems.add(Problem.error(path + ".options", text == null ? refused.toString() : text));
            }
        }
    }

    private static Problem unknown(String path, String kind, String name, List<? extends Plugin> known) {
        var names = known.stream().map(Plugin::name).sorted().toList();
        var problem = Problem.error(path, "unknown " + kind + " '" + name + "'");
        if (names.isEmpty()) {
            return problem.remedy("no " + kind + " is installed; add the module that has it");
        }
        var near = names.stream().filter(other -> isNear(name, other)).toList();
        return problem.expected(
                near.isEmpty()
                        ? "one of " + String.join(", ", names)
                        : String.join(" or ", near) + " (known: " + String.join(", ", names) + ")");
    }

    /** Whether a name may be a slip for another: the last word of it, or one that differs in up to two letters. */
    private static boolean isNear(String name, String other) {
        var shortName = other.substring(other.lastIndexOf('.') + 1);
        return shortName.equals(name)
                || distance(name, other) <= 2
                || (name.length() > 3 && distance(name, shortName) <= 1);
    }

    /** Levenshtein distance. */
    private static int distance(String one, String other) {
        var row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int above = row[j];
                int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
                diagonal = above;
            }
        }
        return row[other.length()];
    }
}
