package io.steelyard.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A record component that nobody can write into a file is a key somebody forgot. */
class ModelCoverageTest {
    /** Components that other keys carry, or whose key has another name. */
    private static final Map<String, Set<String>> OTHERWISE = Map.ofEntries(
            Map.entry("ServerPool", Set.of("name")),
            Map.entry("NextHop", Set.of("isOnLink")),
            Map.entry("Preemption", Set.of("isAllowed")),
            Map.entry("ConnectionRule", Set.of("action")),
            Map.entry("Count", Set.of("counting")),
            Map.entry("Track", Set.of("isReversed", "tracking")),
            Map.entry("VirtualAddress", Set.of("prefix", "isTracked")),
            Map.entry("VirtualRoute", Set.of("isTracked")),
            Map.entry("Announcements", Set.of("isExtraEverywhere")),
            Map.entry("VirtualRule", Set.of("action", "isInverted", "isTracked")),
            Map.entry("VirtualServer", Set.of("name", "target")),
            Map.entry("Zone", Set.of("name")),
            Map.entry("TextMap", Set.of("name", "defaultValue", "isVolatile")),
            Map.entry("Geo", Set.of("name", "defaultValue")),
            Map.entry("Split", Set.of("name")),
            Map.entry("Computed", Set.of("name")),
            Map.entry("GoTo", Set.of("route")),
            Map.entry("Range", Set.of("first", "last")),
            Map.entry("Share", Set.of("hundredths")),
            Map.entry("ConnectionLimit", Set.of("isDryRun")),
            Map.entry("AccessLog", Set.of("destination")),
            Map.entry("File", Set.of("path")),
            Map.entry("Syslog", Set.of("hasHostName", "hasProcessId")),
            Map.entry("ListenAddress", Set.of("firstPort", "lastPort", "unixSocket")),
            Map.entry("AccessRule", Set.of("isAllowed", "network", "prefix")),
            Map.entry("Network", Set.of("address", "prefix")),
            Map.entry("Name", Set.of("host", "port")),
            Map.entry("Ip", Set.of("address", "port")),
            Map.entry("Unix", Set.of("path")),
            Map.entry("Pool", Set.of("name")),
            Map.entry("Bfd", Set.of("session")),
            Map.entry("BfdSession", Set.of("isMultihop", "isPassive")),
            Map.entry("Named", Set.of("text")),
            Map.entry("Reply", Set.of("text")),
            Map.entry("Http", Set.of("service")),
            Map.entry("VirtualHost", Set.of("isDefault")),
            Map.entry("HostName", Set.of("kind", "text")),
            Map.entry("HttpRoute", Set.of("isInternal", "content")),
            Map.entry("ClientAddressRule", Set.of("isRecursive")),
            Map.entry("BasicAuthentication", Set.of("isEnough")),
            Map.entry("ErrorPage", Set.of("isRecursive")),
            Map.entry("Exact", Set.of("path")),
            Map.entry("Prefix", Set.of("path", "isFinal")),
            Map.entry("Expression", Set.of("text", "ignoresCase")),
            Map.entry("Redirections", Set.of("isAbsolute")),
            Map.entry("RateLimit", Set.of("isDryRun")),
            Map.entry("RouteAffinity", Set.of("values")),
            Map.entry("PrefixReplaced", Set.of("by")),
            Map.entry("Given", Set.of("text")),
            Map.entry("Not", Set.of("condition")),
            Map.entry("AllOf", Set.of("conditions")),
            Map.entry("AnyOf", Set.of("conditions")),
            Map.entry("LocationRewrite", Set.of("isExpression")),
            Map.entry("Rewrite", Set.of("isExpression")),
            Map.entry("Flags", Set.of("isExpression")),
            Map.entry("Template", Set.of("parts")),
            Map.entry("Literal", Set.of("text")),
            Map.entry("Variable", Set.of("name")));

    @Test
    void everyRecordComponentHasAKey() {
        var keys = new HashSet<String>();
        Sections.all().values().forEach(section -> section.keys().forEach(key -> keys.add(key.name())));
        var missing = new TreeSet<String>();
        collect(Configuration.class, keys, new HashSet<>(), missing);
        assertThat(missing).isEmpty();
    }

    private static void collect(Type type, Set<String> keys, Set<Type> seen, Set<String> missing) {
        if (type instanceof ParameterizedType parameterized) {
            List.of(parameterized.getActualTypeArguments()).forEach(argument -> collect(argument, keys, seen, missing));
            return;
        }
        if (!(type instanceof Class<?> one) || !one.getName().startsWith("io.steelyard.api") || !seen.add(one)) {
            return;
        }
        if (one.isSealed()) {
            List.of(one.getPermittedSubclasses()).forEach(permitted -> collect(permitted, keys, seen, missing));
        }
        if (one.isRecord()) {
            for (var component : one.getRecordComponents()) {
                var otherwise = OTHERWISE.getOrDefault(one.getSimpleName(), Set.of());
                if (!keys.contains(component.getName()) && !otherwise.contains(component.getName())) {
                    missing.add(one.getSimpleName() + "." + component.getName());
                }
                if (!OTHERWISE.getOrDefault("Configuration", Set.of()).contains(component.getName())) {
                    collect(component.getGenericType(), keys, seen, missing);
                }
            }
        }
    }
}
