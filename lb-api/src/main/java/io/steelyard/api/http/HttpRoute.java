package io.steelyard.api.http;

import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ConnectionLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is done with the requests of one part of a site. Nothing is inherited from the route around it.
 *
 * @param name for rules, error pages and messages; that of a route with {@link PathMatch.Named} begins with {@code @}
 * @param match which requests it is for; without meaning for a host's root
 * @param isInternal whether only rules and error pages lead here; 404 for a request of a client
 * @param clientAddress whose word about the client is taken, before all else; absent for nobody's
 * @param rules what is done before the content is worked out, in order: those of a host's root before a route is searched, those of
 *     another route when it was found. Only they are run, and not those of the routes it is nested in
 * @param access who may ask, the first rule that matches deciding; everybody where none matches. 403 for the others
 * @param authentication who may ask by name and password; absent for everybody
 * @param limits how many requests of one key there may be at once
 * @param limitStatus of requests beyond {@code limits}, 400 to 599
 * @param rateLimits how fast requests of one key may come; each is asked, and the longest delay holds
 * @param content where the answer comes from
 * @param mostBodyBytes of a request; 413 beyond; 0 for no limit
 * @param defaultType the media type of answers of our own
 * @param redirections what redirections of our own look like
 * @param responseFields changes of the answer's fields, in order
 * @param responseRules what is done when a server has answered, before {@code responseFields}, in order
 * @param answerRules what is done with every answer, our own too, after {@code responseFields}, in order; none of them may end in an answer
 * @param answers of our own, by their status
 * @param errorPages the first that has the status is shown
 * @param accessLogs what is written when a request has ended
 * @param routes tried in the order that {@link PathMatch} tells; this route's content serves where none matches
 */
public record HttpRoute(
        String name,
        PathMatch match,
        boolean isInternal,
        Optional<ClientAddressRule> clientAddress,
        List<HttpRule> rules,
        List<AccessRule> access,
        Optional<BasicAuthentication> authentication,
        List<ConnectionLimit> limits,
        int limitStatus,
        List<RateLimit> rateLimits,
        Content content,
        long mostBodyBytes,
        String defaultType,
        Redirections redirections,
        List<FieldChange> responseFields,
        List<HttpRule> responseRules,
        List<HttpRule> answerRules,
        List<OwnAnswer> answers,
        List<ErrorPage> errorPages,
        List<AccessLog> accessLogs,
        List<HttpRoute> routes) {
    public HttpRoute {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(match, "match");
        Objects.requireNonNull(clientAddress, "clientAddress");
        rules = List.copyOf(rules);
        access = List.copyOf(access);
        Objects.requireNonNull(authentication, "authentication");
        limits = List.copyOf(limits);
        rateLimits = List.copyOf(rateLimits);
        if (limitStatus < 400 || limitStatus > 599) {
            throw new IllegalArgumentException("limitStatus is " + limitStatus + ", expected 400 to 599");
        }
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(defaultType, "defaultType");
        Objects.requireNonNull(redirections, "redirections");
        responseFields = List.copyOf(responseFields);
        responseRules = List.copyOf(responseRules);
        answerRules = List.copyOf(answerRules);
        answers = List.copyOf(answers);
        errorPages = List.copyOf(errorPages);
        accessLogs = List.copyOf(accessLogs);
        routes = List.copyOf(routes);
        if (mostBodyBytes < 0) {
            throw new IllegalArgumentException("mostBodyBytes is " + mostBodyBytes + ", expected at least 0");
        }
    }

    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private static final long DEFAULT_MOST_BODY_BYTES = 1 << 20;

        private final String name;
        private PathMatch match = new PathMatch.Prefix("/", false);
        private boolean isInternal;
        private Optional<ClientAddressRule> clientAddress = Optional.empty();
        private final List<HttpRule> rules = new ArrayList<>();
        private final List<AccessRule> access = new ArrayList<>();
        private Optional<BasicAuthentication> authentication = Optional.empty();
        private final List<ConnectionLimit> limits = new ArrayList<>();
        private int limitStatus = 503;
        private final List<RateLimit> rateLimits = new ArrayList<>();
        private Content content = new Content.NotFound();
        private long mostBodyBytes = DEFAULT_MOST_BODY_BYTES;
        private String defaultType = "text/plain";
        private Redirections redirections = Redirections.DEFAULT;
        private final List<FieldChange> responseFields = new ArrayList<>();
        private final List<HttpRule> responseRules = new ArrayList<>();
        private final List<HttpRule> answerRules = new ArrayList<>();
        private final List<OwnAnswer> answers = new ArrayList<>();
        private final List<ErrorPage> errorPages = new ArrayList<>();
        private final List<AccessLog> accessLogs = new ArrayList<>();
        private final List<HttpRoute> routes = new ArrayList<>();

        private Builder(String name) {
            this.name = name;
        }

        public Builder match(PathMatch value) {
            match = value;
            return this;
        }

        public Builder isInternal(boolean value) {
            isInternal = value;
            return this;
        }

        public Builder clientAddress(ClientAddressRule value) {
            clientAddress = Optional.of(value);
            return this;
        }

        public Builder rule(HttpRule value) {
            rules.add(value);
            return this;
        }

        public Builder access(AccessRule value) {
            access.add(value);
            return this;
        }

        public Builder authentication(BasicAuthentication value) {
            authentication = Optional.of(value);
            return this;
        }

        public Builder limit(ConnectionLimit value) {
            limits.add(value);
            return this;
        }

        public Builder limitStatus(int value) {
            limitStatus = value;
            return this;
        }

        public Builder rateLimit(RateLimit value) {
            rateLimits.add(value);
            return this;
        }

        public Builder content(Content value) {
            content = value;
            return this;
        }

        public Builder mostBodyBytes(long value) {
            mostBodyBytes = value;
            return this;
        }

        public Builder defaultType(String value) {
            defaultType = value;
            return this;
        }

        public Builder redirections(Redirections value) {
            redirections = value;
            return this;
        }

        public Builder responseField(FieldChange value) {
            responseFields.add(value);
            return this;
        }

        public Builder responseRule(HttpRule value) {
            responseRules.add(value);
            return this;
        }

        public Builder answerRule(HttpRule value) {
            answerRules.add(value);
            return this;
        }

        public Builder answer(OwnAnswer value) {
            answers.add(value);
            return this;
        }

        public Builder errorPage(ErrorPage value) {
            errorPages.add(value);
            return this;
        }

        public Builder accessLog(AccessLog value) {
            accessLogs.add(value);
            return this;
        }

        public Builder route(HttpRoute value) {
            routes.add(value);
            return this;
        }

        public HttpRoute build() {
            return new HttpRoute(
                    name,
                    match,
                    isInternal,
                    clientAddress,
                    rules,
                    access,
                    authentication,
                    limits,
                    limitStatus,
                    rateLimits,
                    content,
                    mostBodyBytes,
                    defaultType,
                    redirections,
                    responseFields,
                    responseRules,
                    answerRules,
                    answers,
                    errorPages,
                    accessLogs,
                    routes);
        }
    }
}
