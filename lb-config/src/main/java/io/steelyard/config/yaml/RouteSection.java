package io.steelyard.config.yaml;

import io.steelyard.api.http.BasicAuthentication;
import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.ErrorPage;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.HttpRule;
import io.steelyard.api.http.OwnAnswer;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.http.RateLimit;
import io.steelyard.api.http.Redirections;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ConnectionLimit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** {@link HttpRoute}; it holds sections like itself. */
final class RouteSection extends Section<HttpRoute> {
    private static final HttpRoute DEFAULTS = HttpRoute.builder("/").build();
    private static final Content NOTHING = new Content.NotFound();

    private final Key<HttpRoute, PathMatch> match = optional(
            "match",
            PathMatchForm.pathMatch(),
            HttpRoute::match,
            DEFAULTS.match(),
            "Which paths it is for, as nginx writes it: `/images/` for all that begin so, `^~ /images/` for the same before any "
                    + "expression, `= /` for one path, `~ \\.gif$` for a regular expression, `~* \\.gif$` whatever the case, `@` for none.");
    private final Key<HttpRoute, String> routeName = derived(
            "name",
            Forms.text(),
            HttpRoute::name,
            route -> PathMatchForm.format(route.match()),
            "the match",
            "For rules, error pages and messages; begins with `@` where the match does.");
    private final Key<HttpRoute, Boolean> isInternal = optional(
            "internal",
            Forms.flag(),
            HttpRoute::isInternal,
            false,
            "Whether only rules and error pages lead here; clients get 404.");
    private final Key<HttpRoute, ClientAddressRule> clientAddress = absent(
            "clientAddress",
            new ClientAddressSection(),
            HttpRoute::clientAddress,
            "nobody's",
            "Whose word about the client is taken, before all else.");
    private final Key<HttpRoute, List<HttpRule>> rules = optional(
            "rules",
            Forms.list(new RuleSection()),
            HttpRoute::rules,
            List.of(),
            "What is done before the content is worked out, in order.");
    private final Key<HttpRoute, List<AccessRule>> access = optional(
            "access",
            new AccessForm(),
            HttpRoute::access,
            List.of(),
            "Who may ask: the first rule that matches decides, everybody may where none does. Others get 403.");
    private final Key<HttpRoute, BasicAuthentication> authentication = absent(
            "authentication",
            new BasicAuthenticationSection(),
            HttpRoute::authentication,
            "everybody",
            "Who may ask by name and password (HTTP Basic). Others get 401.");
    private final Key<HttpRoute, List<ConnectionLimit>> limits = optional(
            "limits",
            Forms.list(new LimitSection()),
            HttpRoute::limits,
            List.of(),
            "How many requests of one key there may be at once; each is asked.");
    private final Key<HttpRoute, Integer> limitStatus = optional(
            "limitStatus",
            Forms.whole(400, 599),
            HttpRoute::limitStatus,
            503,
            "The status of requests beyond `limits`.");
    private final Key<HttpRoute, List<RateLimit>> rateLimits = optional(
            "rateLimits",
            Forms.list(new RateLimitSection()),
            HttpRoute::rateLimits,
            List.of(),
            "How fast requests of one key may come; each is asked, and the longest delay holds.");
    private final Key<HttpRoute, HttpProxy> proxy = absent(
            "proxy",
            Forms.shortened(new HttpProxySection(), "server"),
            route -> content(route, HttpProxy.class),
            "",
            "The answer comes from a server. A text alone names the pool or server.");
    private final Key<HttpRoute, Content.Reply> reply = absent(
            "reply",
            new FixedReplySection(),
            route -> content(route, Content.Reply.class),
            "",
            "Instead of `proxy`: a fixed answer.");
    private final Key<HttpRoute, Content.RedirectToPool> redirectToPool = absent(
            "redirectToPool",
            Forms.shortened(new PoolRedirectionSection(), "pool"),
            route -> content(route, Content.RedirectToPool.class),
            "",
            "Instead of `proxy`: clients are sent to a server of a pool themselves. A text alone names the pool.");
    private final Key<HttpRoute, Content.Page> page = absent(
            "page",
            Forms.shortened(new PageSection(), "name"),
            route -> content(route, Content.Page.class),
            "",
            "Instead of `proxy`: a page about the running balancer. A text alone names the page.");
    private final Key<HttpRoute, Content.Files> files = absent(
            "files",
            Forms.shortened(new FilesSection(), "folder"),
            route -> content(route, Content.Files.class),
            "",
            "Instead of `proxy`: files of this machine. A text alone is their folder.");
    private final Key<HttpRoute, Content> serves = absent(
            "serves",
            Forms.word(ownContents()),
            route -> Optional.of(route.content()).filter(ownContents()::containsValue),
            "",
            "Instead of `proxy`: `health` answers 200 while every pool of the service has a server that is up, else 503; `counts` is "
                    + "nginx's `stub_status`.");
    private final Key<HttpRoute, Long> mostBodyBytes = optional(
            "mostBodyBytes",
            Forms.whole(0L, Long.MAX_VALUE),
            HttpRoute::mostBodyBytes,
            DEFAULTS.mostBodyBytes(),
            "Of a request; 413 beyond. 0 for no limit.");
    private final Key<HttpRoute, String> defaultType = optional(
            "defaultType",
            Forms.text(),
            HttpRoute::defaultType,
            DEFAULTS.defaultType(),
            "The media type of our own answers.");
    private final Key<HttpRoute, Redirections> redirections = optional(
            "redirections",
            new RedirectionsSection(),
            HttpRoute::redirections,
            Redirections.DEFAULT,
            "What redirections of our own look like.");
    private final Key<HttpRoute, List<FieldChange>> responseFields = optional(
            "responseFields",
            Forms.list(new FieldChangeSection()),
            HttpRoute::responseFields,
            List.of(),
            "Changes of the answer's fields, in order.");
    private final Key<HttpRoute, List<HttpRule>> responseRules = optional(
            "responseRules",
            Forms.list(new RuleSection()),
            HttpRoute::responseRules,
            List.of(),
            "What is done when a server has answered, in order.");
    private final Key<HttpRoute, List<HttpRule>> answerRules = optional(
            "answerRules",
            Forms.list(new RuleSection()),
            HttpRoute::answerRules,
            List.of(),
            "What is done with every answer, our own too, in order; none of them may answer.");
    private final Key<HttpRoute, List<OwnAnswer>> answers = optional(
            "answers",
            Forms.list(new OwnAnswerSection()),
            HttpRoute::answers,
            List.of(),
            "What clients get where the balancer itself answers with a status.");
    private final Key<HttpRoute, List<ErrorPage>> errorPages = optional(
            "errorPages",
            Forms.list(new ErrorPageSection()),
            HttpRoute::errorPages,
            List.of(),
            "What is shown instead of an error; the first that has the status.");
    private final Key<HttpRoute, List<AccessLog>> accessLogs = optional(
            "accessLogs",
            Forms.list(new AccessLogSection()),
            HttpRoute::accessLogs,
            List.of(),
            "What is written when a request has ended.");
    private final Key<HttpRoute, List<HttpRoute>> routes = optional(
            "routes",
            Forms.list(this),
            HttpRoute::routes,
            List.of(),
            "For some of its requests, in nginx's order: an exact match, else the first expression, else the longest prefix. They take "
                    + "nothing over from this one.");

    RouteSection() {
        super("route");
    }

    private static SequencedMap<String, Content> ownContents() {
        var contents = new LinkedHashMap<String, Content>();
        contents.put("health", new Content.Health());
        contents.put("counts", new Content.Counts());
        return contents;
    }

    private static <C extends Content> Optional<C> content(HttpRoute route, Class<C> type) {
        return Optional.of(route.content()).filter(type::isInstance).map(type::cast);
    }

    @Override
    HttpRoute make(Values values) {
        var matches = values.or(match, DEFAULTS.match());
        return new HttpRoute(
                values.or(routeName, PathMatchForm.format(matches)),
                matches,
                values.or(isInternal, false),
                values.find(clientAddress),
                values.or(rules, List.of()),
                values.or(access, List.of()),
                values.find(authentication),
                values.or(limits, List.of()),
                values.or(limitStatus, 503),
                values.or(rateLimits, List.of()),
                content(values),
                values.or(mostBodyBytes, DEFAULTS.mostBodyBytes()),
                values.or(defaultType, DEFAULTS.defaultType()),
                values.or(redirections, Redirections.DEFAULT),
                values.or(responseFields, List.of()),
                values.or(responseRules, List.of()),
                values.or(answerRules, List.of()),
                values.or(answers, List.of()),
                values.or(errorPages, List.of()),
                values.or(accessLogs, List.of()),
                values.or(routes, List.of()));
    }

    private Content content(Values values) {
        var contents = Stream.of(
                        values.find(proxy).map(Content.class::cast),
                        values.find(reply).map(Content.class::cast),
                        values.find(redirectToPool).map(Content.class::cast),
                        values.find(page).map(Content.class::cast),
                        values.find(files).map(Content.class::cast),
                        values.find(serves))
                .flatMap(Optional::stream)
                .toList();
        if (contents.size() > 1) {
            throw new IllegalArgumentException(
                    "the route answers in several ways; expected one of proxy, reply, redirectToPool, page, files, serves");
        }
        return contents.isEmpty() ? NOTHING : contents.getFirst();
    }
}
