package io.steelyard.config.yaml;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.BasicAuthentication;
import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.http.ClientAddressRule.Unreadable;
import io.steelyard.api.http.Condition;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.CookieChange;
import io.steelyard.api.http.ErrorPage;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.Hedging;
import io.steelyard.api.http.HostName;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpProxy.ForwardedPath;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.HttpRule;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.IngressPolicy;
import io.steelyard.api.http.LocationRewrite;
import io.steelyard.api.http.OwnAnswer;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.http.RateLimit;
import io.steelyard.api.http.Redirections;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** HTTP services of every shape. What is not of HTTP comes from the suppliers. */
final class RandomHttp {
    private final Random random;
    private final List<String> pools;
    private final Supplier<String> texts;
    private final Supplier<Template> templates;
    private final Supplier<Duration> times;
    private final Supplier<ProxyOptions> options;
    private final Supplier<AccessLog> logs;

    private final RandomTls tls;

    RandomHttp(
            Random random,
            List<String> pools,
            Supplier<String> texts,
            Supplier<Template> templates,
            Supplier<Duration> positiveTimes,
            Supplier<ProxyOptions> options,
            Supplier<AccessLog> logs,
            RandomTls tls) {
        this.random = random;
        this.pools = pools;
        this.texts = texts;
        this.templates = templates;
        this.times = positiveTimes;
        this.options = options;
        this.logs = logs;
        this.tls = tls;
    }

    HttpService service() {
        return new HttpService(
                IntStream.range(0, 1 + random.nextInt(2)).mapToObj(this::host).toList());
    }

    private VirtualHost host(int number) {
        return new VirtualHost(
                number + texts.get(),
                several(
                        3,
                        () -> HostName.parse(one(
                                "example.com",
                                "*.example.com",
                                "www.example.*",
                                "",
                                "~^(?<name>.+)\\.x$",
                                "10.0.0.1"))),
                random.nextBoolean(),
                random.nextBoolean() ? HttpClientOptions.defaults() : client(),
                random.nextBoolean() ? Optional.empty() : Optional.of(tls.server()),
                route(2));
    }

    private HttpClientOptions client() {
        return HttpClientOptions.builder()
                .headerTimeout(times.get())
                .bodyTimeout(times.get())
                .leastBodyRate(random.nextInt(3) * 100)
                .sendTimeout(times.get())
                .idleTimeout(random.nextBoolean() ? Duration.ZERO : times.get())
                .toldIdleTimeout(Duration.ofSeconds(1 + random.nextInt(99)))
                .mostRequests(1 + random.nextInt(9))
                .mostAge(times.get())
                .mostLineBytes(1 + random.nextInt(99_999))
                .mostHeaderBytes(1 + random.nextInt(99_999))
                .mostFields(1 + random.nextInt(999))
                .http2(random.nextBoolean())
                .mostStreams(1 + random.nextInt(999))
                .keepsUnderscores(random.nextBoolean())
                .mergesSlashes(random.nextBoolean())
                .ingress(one(IngressPolicy.values()))
                .serverField(texts.get())
                .personality(one(Personality.values()))
                .build();
    }

    private HttpRoute route(int depth) {
        return new HttpRoute(
                texts.get(),
                one(
                        new PathMatch.Exact("/" + texts.get()),
                        new PathMatch.Prefix("/" + texts.get(), random.nextBoolean()),
                        new PathMatch.Prefix("/", false),
                        new PathMatch.Expression("^/(?<part>[a-z]+) ?$", random.nextBoolean()),
                        new PathMatch.Named()),
                random.nextBoolean(),
                maybe(this::clientAddress),
                several(4, this::rule),
                several(2, () -> AccessRule.parse(random.nextBoolean(), one("10.0.0.0/8", "::1"))),
                maybe(() -> new BasicAuthentication(
                        Template.parse("members of ${host}"),
                        maybe(() -> Template.parse("${users}")),
                        random.nextBoolean())),
                several(
                        2,
                        () -> new ConnectionLimit(
                                "zone",
                                1 + random.nextInt(9),
                                random.nextBoolean(),
                                one(ConnectionLimit.Level.values()))),
                400 + random.nextInt(200),
                several(2, this::rateLimit),
                content(),
                random.nextLong() & Long.MAX_VALUE,
                texts.get(),
                new Redirections(random.nextBoolean(), random.nextBoolean(), random.nextBoolean()),
                several(3, this::fieldChange),
                several(2, this::rule),
                several(2, this::rule),
                several(2, this::answer),
                several(2, this::errorPage),
                several(2, logs),
                depth == 0 ? List.of() : several(3, () -> route(depth - 1)));
    }

    private ClientAddressRule clientAddress() {
        var field = one("x-real-ip", "x-forwarded-for", "forwarded", "");
        return new ClientAddressRule(
                several(3, () -> Network.parse(one("10.0.0.0/8", "::1/128"))),
                field,
                random.nextBoolean(),
                field.isEmpty() ? Unreadable.LAST : one(Unreadable.values()));
    }

    private RateLimit rateLimit() {
        int burst = random.nextInt(9);
        return new RateLimit(
                "rates",
                burst,
                random.nextInt(burst + 1),
                random.nextBoolean(),
                one(ConnectionLimit.Level.values()),
                400 + random.nextInt(200));
    }

    private ErrorPage errorPage() {
        return new ErrorPage(
                Set.of(300 + random.nextInt(100), 400 + random.nextInt(200)),
                templates.get(),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(600)),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private OwnAnswer answer() {
        return new OwnAnswer(
                200 + random.nextInt(400),
                200 + random.nextInt(400),
                texts.get(),
                several(2, this::fieldChange),
                templates.get());
    }

    private HttpAction edit() {
        return switch (random.nextInt(6)) {
            case 0 -> new HttpAction.GoTo(templates.get());
            case 1 ->
                new HttpAction.Fail(200 + random.nextInt(400), random.nextBoolean() ? Duration.ZERO : times.get());
            case 2 -> new HttpAction.Respond(200 + random.nextInt(400), several(2, this::fieldChange), templates.get());
            case 3 ->
                new HttpAction.EditField(
                        one(HttpAction.Edit.values()),
                        one("x-a", "no"),
                        one(HttpAction.Names.values()),
                        one("", "^(a|b) #"),
                        templates.get());
            case 4 -> new HttpAction.EditLine(one(HttpAction.Part.values()), one("", "^/(.*)"), templates.get());
            default -> new HttpAction.Remember(one("txn.x", "sess.y"), maybe(templates));
        };
    }

    private HttpRule rule() {
        return new HttpRule(
                random.nextBoolean() ? Optional.empty() : Optional.of(condition(2)), several(3, this::action));
    }

    private HttpAction action() {
        return switch (random.nextInt(11)) {
            case 9, 10 -> edit();
            case 0 -> new HttpAction.Assign(new Assignment("x", templates.get()));
            case 1 -> new HttpAction.Reply(100 + random.nextInt(500), maybe(templates), maybe(templates));
            case 2 ->
                new HttpAction.Rewrite("^/(.*)$", random.nextBoolean(), templates.get(), one(HttpAction.Then.values()));
            case 3 -> random.nextBoolean() ? new HttpAction.Stay() : new HttpAction.Vanish();
            case 4 -> new HttpAction.Go("@" + texts.get());
            case 6 -> new HttpAction.Track(new Tracking(random.nextInt(3), RandomAffinity.TABLE, templates.get()));
            case 7 -> {
                var count = one(StickCount.values());
                int index = count.isArray() ? random.nextInt(100) : 0;
                yield new HttpAction.Count(new Counting(2, count, index, random.nextBoolean(), templates.get()));
            }
            case 5 -> new HttpAction.Prioritise(one(HttpAction.Prioritise.Kind.values()), templates.get());
            default -> new HttpAction.Change(fieldChange());
        };
    }

    Condition condition(int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 8)) {
            case 0 -> new Condition.IsTrue(templates.get());
            case 1 ->
                new Condition.Compares(
                        templates.get(),
                        one(Condition.Relation.values()),
                        List.of(templates.get(), templates.get()),
                        random.nextBoolean());
            case 2 -> new Condition.Matches(templates.get(), "a|(b) c", random.nextBoolean());
            case 3 ->
                new Condition.InNetworks(
                        random.nextBoolean() ? Template.parse("$remote_addr") : templates.get(),
                        List.of(Network.parse(one("10.0.0.0/8", "::1", "0.0.0.0/0")), Network.parse("2001:db8::/32")));
            case 4 -> new Condition.PrefersLanguage(one("de", "pt-BR"), List.of("en", "de", "pt-BR"));
            case 5 -> new Condition.Not(condition(depth - 1));
            case 6 -> new Condition.AllOf(several(3, () -> condition(depth - 1)));
            default -> new Condition.AnyOf(several(3, () -> condition(depth - 1)));
        };
    }

    private FieldChange fieldChange() {
        return new FieldChange(
                one(FieldChange.Kind.values()), one("X-A", "true", "no", "12"), templates.get(), random.nextBoolean());
    }

    private Content files() {
        boolean isTried = random.nextBoolean();
        return new Content.Files(
                templates.get(),
                random.nextBoolean(),
                List.of(templates.get(), templates.get()),
                isTried ? List.of(templates.get()) : List.of(),
                isTried ? Optional.of(templates.get()) : Optional.empty(),
                isTried && random.nextBoolean() ? Optional.of(proxy()) : Optional.empty(),
                random.nextBoolean() ? Content.Files.DEFAULT_TYPES : Map.of("a", texts.get()),
                random.nextBoolean(),
                one(Content.Files.ModifiedSince.values()));
    }

    private Content content() {
        return switch (random.nextInt(8)) {
            case 7 -> files();
            case 5 ->
                new Content.Page("p" + random.nextInt(9), random.nextBoolean() ? Map.of() : Map.of("a", texts.get()));
            case 0 -> new Content.NotFound();
            case 1 -> new Content.Reply(200 + random.nextInt(400), templates.get(), texts.get());
            case 2 -> new Content.Health();
            case 3 -> new Content.Counts();
            case 4 ->
                new Content.RedirectToPool(
                        pools.get(random.nextInt(pools.size())),
                        one(302, 303, 307, 308),
                        times.get(),
                        random.nextBoolean() ? Optional.of(proxy()) : Optional.empty(),
                        one("", "hop"),
                        1 + random.nextInt(99));
            default -> proxy();
        };
    }

    private HttpProxy proxy() {
        return new HttpProxy(
                random.nextBoolean()
                        ? Template.literal(pools.get(random.nextInt(pools.size())))
                        : Template.parse("$host" + one("", ":80")),
                one(
                        new ForwardedPath.Same(),
                        new ForwardedPath.PrefixReplaced("/" + texts.get()),
                        new ForwardedPath.Given(templates.get()),
                        new ForwardedPath.InServer()),
                one(HttpProxy.Version.values()),
                several(3, this::fieldChange),
                Set.copyOf(several(3, () -> one("date", "server", "x-a"))),
                several(
                        2,
                        () -> random.nextBoolean()
                                ? new LocationRewrite(
                                        true, random.nextBoolean(), Template.literal("^(a)"), templates.get())
                                : new LocationRewrite(false, random.nextBoolean(), templates.get(), templates.get())),
                several(2, this::cookie),
                Set.copyOf(several(3, () -> one("*", "x-sum", "digest"))),
                random.nextBoolean() ? ProxyOptions.defaults() : options.get(),
                times.get(),
                times.get(),
                random.nextBoolean() ? RetryRule.DEFAULT : retry(),
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(new Hedging(Duration.ofMillis(1 + random.nextInt(99)), random.nextInt(100))),
                random.nextBoolean(),
                random.nextBoolean(),
                1 + random.nextInt(99_999),
                one(0L, 1L << 30, 5_000_000_000L),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private RetryRule retry() {
        return new RetryRule(
                Set.copyOf(several(3, () -> one(RetryRule.Reason.values()))),
                random.nextBoolean(),
                random.nextInt(4),
                random.nextBoolean() ? Duration.ZERO : times.get(),
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(new RetryRule.SameServer(random.nextInt(5) - 2, times.get())));
    }

    private CookieChange cookie() {
        boolean isExpression = random.nextBoolean();
        var what = isExpression ? Template.literal("^/(x)$") : templates.get();
        return random.nextBoolean()
                ? new CookieChange.Rewrite(
                        one(CookieChange.Attribute.values()), isExpression, random.nextBoolean(), what, templates.get())
                : new CookieChange.Flags(
                        isExpression,
                        random.nextBoolean(),
                        what,
                        Set.copyOf(several(2, () -> one(CookieChange.Flag.values()))),
                        Set.copyOf(several(2, () -> one(CookieChange.Flag.values()))));
    }

    private <V> Optional<V> maybe(Supplier<V> value) {
        return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
    }

    /** Fewer than {@code most}. */
    private <V> List<V> several(int most, Supplier<V> value) {
        var values = new ArrayList<V>();
        for (int i = random.nextInt(most); i > 0; i--) {
            values.add(value.get());
        }
        return values;
    }

    @SafeVarargs
    private <V> V one(V... values) {
        return values[random.nextInt(values.length)];
    }
}
