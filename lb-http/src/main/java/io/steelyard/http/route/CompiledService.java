package io.steelyard.http.route;

import io.steelyard.api.http.HttpService;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The sites of a virtual server, made ready for requests. Immutable, safe for all threads. */
public final class CompiledService {
    private final HostTable hosts;

    public CompiledService(HttpService service, VariableTable variables) {
        Map<String, Site> sites = new LinkedHashMap<>();
        service.hosts().forEach(host -> sites.put(host.name(), new Site(host, variables)));
        hosts = new HostTable(service, name -> Objects.requireNonNull(sites.get(name)));
    }

    /** The site that serves until a request's host is known. */
    public Site fallback() {
        return hosts.fallback();
    }

    /**
     * The site that has a name, for who does not ask with a request: the default where nobody has.
     *
     * @param host lower case, without port and trailing dot; empty for none
     */
    public Site named(String host) {
        if (host.isEmpty()) {
            return hosts.fallback();
        }
        if (!hosts.expressions().isEmpty() && !hosts.isNamed(host)) {
            for (var expression : hosts.expressions()) {
                if (expression.pattern().pattern().matcher(host).find()) {
                    return expression.site();
                }
            }
        }
        return hosts.find(host);
    }

    /**
     * The site of a request; groups of an expression that finds it become variables.
     *
     * @param host lower case, without port and trailing dot; empty for none
     */
    public Site find(String host, Evaluation evaluation) {
        if (!hosts.expressions().isEmpty() && !hosts.isNamed(host)) {
            for (var expression : hosts.expressions()) {
                if (evaluation.matches(expression.pattern(), host)) {
                    return expression.site();
                }
            }
        }
        return hosts.find(host);
    }
}
