package io.steelyard.config.yaml;

import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.affinity.RouteAffinity;
import io.steelyard.api.affinity.ServerAffinity;
import io.steelyard.api.affinity.TableAffinity;
import io.steelyard.api.http.Condition;
import io.steelyard.api.text.Template;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@link RequestAffinity}. */
final class RequestAffinitySection extends Section<RequestAffinity> {
    private final Key<RequestAffinity, List<RequestAffinity.Rule>> rules = required(
            "rules",
            Forms.list(new RuleSection()),
            RequestAffinity::rules,
            "Asked in order; the first that names a server which may be used decides.");
    private final Key<RequestAffinity, Boolean> persists = optional(
            "persists",
            Forms.flag(),
            RequestAffinity::persists,
            false,
            "Whether the clients of a server that is down are sent to it all the same.");

    private final Key<RequestAffinity, Condition> persistsWhen = absent(
            "persistsWhen",
            new ConditionSection(),
            RequestAffinity::persistsWhen,
            "never",
            "Where the clients of a server that is down are sent to it all the same, though `persists` does not say so.");
    private final Key<RequestAffinity, Condition> ignoredWhen = absent(
            "ignoredWhen",
            new ConditionSection(),
            RequestAffinity::ignoredWhen,
            "never",
            "Where cookies say nothing, and none is set.");

    RequestAffinitySection() {
        super("request affinity");
    }

    @Override
    RequestAffinity make(Values values) {
        return new RequestAffinity(
                values.get(rules), values.or(persists, false), values.find(persistsWhen), values.find(ignoredWhen));
    }

    /** {@link RequestAffinity.Rule}. */
    static final class RuleSection extends Section<RequestAffinity.Rule> {
        private final Key<RequestAffinity.Rule, CookieAffinity> cookie = absent(
                "cookie",
                Forms.shortened(new CookieAffinitySection(), "name"),
                rule -> as(rule, CookieAffinity.class),
                "",
                "A cookie names the server. A text alone is its name.");
        private final Key<RequestAffinity.Rule, List<Template>> route = absent(
                "route",
                Forms.list(TemplateForm.template()),
                rule -> as(rule, RouteAffinity.class).map(RouteAffinity::values),
                "",
                "The first of these texts that is not empty is the server's `stickyName`, such as `$cookie_route` or `$arg_route`.");
        private final Key<RequestAffinity.Rule, ServerAffinity> server = absent(
                "server",
                Forms.shortened(new ServerAffinitySection(), "id"),
                rule -> as(rule, ServerAffinity.class),
                "",
                "A text names the server by its id. A text alone holds always.");
        private final Key<RequestAffinity.Rule, TableAffinity> learned = absent(
                "learned",
                new TableAffinitySection(),
                rule -> as(rule, TableAffinity.class),
                "",
                "A stick table knows the server by a key, such as a header field, a parameter or the path.");

        RuleSection() {
            super("affinity rule");
        }

        private static <R extends RequestAffinity.Rule> Optional<R> as(RequestAffinity.Rule rule, Class<R> type) {
            return Optional.of(rule).filter(type::isInstance).map(type::cast);
        }

        @Override
        RequestAffinity.Rule make(Values values) {
            var given = Stream.<Optional<? extends RequestAffinity.Rule>>of(
                            values.find(cookie),
                            values.find(route).map(RouteAffinity::new),
                            values.find(server),
                            values.find(learned))
                    .<RequestAffinity.Rule>flatMap(Optional::stream)
                    .toList();
            if (given.size() != 1) {
                throw new IllegalArgumentException(
                        "an affinity rule has " + (given.isEmpty() ? "no key" : "several keys")
                                + "; expected one of cookie, route, server, learned");
            }
            return given.getFirst();
        }
    }

    /** {@link ServerAffinity}. */
    static final class ServerAffinitySection extends Section<ServerAffinity> {
        private final Key<ServerAffinity, Template> id = required(
                "id",
                TemplateForm.template(),
                ServerAffinity::server,
                "The id of the server, which may depend on the request.");
        private final Key<ServerAffinity, Condition> when = absent(
                "when",
                new ConditionSection(),
                ServerAffinity::when,
                "always",
                "What must be so for the rule to hold.");

        ServerAffinitySection() {
            super("server affinity");
        }

        @Override
        ServerAffinity make(Values values) {
            return new ServerAffinity(values.get(id), values.find(when));
        }
    }

    /** {@link TableAffinity}. */
    static final class TableAffinitySection extends Section<TableAffinity> {
        private final Key<TableAffinity, TableAffinity.Use> use = optional(
                "use",
                Forms.word(TableAffinity.Use.class),
                TableAffinity::use,
                TableAffinity.Use.MATCH_AND_STORE,
                "What is done with the table: the request's key is looked up, stored or both; or a key of the answer is stored.");
        private final Key<TableAffinity, String> table =
                required("table", Forms.text(), TableAffinity::table, "The name of one of `stickTables`.");
        private final Key<TableAffinity, Template> key = required(
                "key",
                TemplateForm.template(),
                TableAffinity::key,
                "Such as `$remote_addr`, `$http_x_user`, `$arg_user` or `$uri`; for `storeResponse` of the answer, such as "
                        + "`$upstream_cookie_session`. Nothing is done where it is empty.");
        private final Key<TableAffinity, Condition> when = absent(
                "when", new ConditionSection(), TableAffinity::when, "always", "What must be so for the rule to hold.");

        TableAffinitySection() {
            super("table affinity");
        }

        @Override
        TableAffinity make(Values values) {
            return new TableAffinity(
                    values.or(use, TableAffinity.Use.MATCH_AND_STORE),
                    values.get(table),
                    values.get(key),
                    values.find(when));
        }
    }
}
