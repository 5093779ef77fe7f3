package io.steelyard.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.PathMatch;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTest {
    private final VariableTable variables = VariableTable.of(List.of());
    private final Evaluation evaluation = variables.open(variable -> null);

    @Test
    void exactMatchEndsTheSearch() {
        var root = root(prefix("/a"), exact("/a"), expression("a"));

        assertThat(found(root, "/a")).isEqualTo("= /a");
    }

    @Test
    void expressionsGoBeforeALongerPrefix() {
        var root = root(prefix("/images/"), expression("\\.png$"), expression("x"));

        assertThat(found(root, "/images/x.png")).isEqualTo("~ \\.png$");
        assertThat(found(root, "/images/y.jpg")).isEqualTo("/images/");
    }

    @Test
    void finalPrefixGoesBeforeExpressionsOnlyWhereItIsTheLongest() {
        var root = root(finalPrefix("/a/"), prefix("/a/b/"), expression("x$"));

        assertThat(found(root, "/a/x")).isEqualTo("^~ /a/");
        assertThat(found(root, "/a/b/x")).isEqualTo("~ x$");
    }

    @Test
    void longestPrefixIsTakenWhateverTheOrder() {
        assertThat(found(root(prefix("/"), prefix("/a"), prefix("/a/b")), "/a/bc"))
                .isEqualTo("/a/b");
        assertThat(found(root(prefix("/a/b"), prefix("/a"), prefix("/")), "/a/bc"))
                .isEqualTo("/a/b");
    }

    @Test
    void nestedRoutesAreSearchedWithinTheirs() {
        var outer = HttpRoute.builder("/a/")
                .match(new PathMatch.Prefix("/a/", false))
                .route(expression("b"))
                .route(prefix("/a/c"))
                .build();
        var root = root(outer, expression("c"));

        assertThat(found(root, "/a/xb")).isEqualTo("~ b");
        assertThat(found(root, "/a/d")).isEqualTo("/a/");
        assertThat(found(root, "/a/cd"))
                .as("an expression beside a nested prefix")
                .isEqualTo("~ c");
    }

    @Test
    void pathWithoutThePrefixsLastSlashIsSentThere() {
        var toServer = HttpRoute.builder("/api/")
                .match(new PathMatch.Prefix("/api/", false))
                .content(HttpProxy.toPool("web").build())
                .build();

        assertThat(route(root(toServer)).find("/api", evaluation)).isInstanceOf(Route.Found.AddSlash.class);
        assertThat(found(root(toServer, exact("/api")), "/api")).isEqualTo("= /api");
        assertThat(found(root(toServer, prefix("/api")), "/api")).isEqualTo("/api");
        assertThat(found(root(prefix("/api/")), "/api")).as("without a server").isEqualTo("root");
    }

    @Test
    void groupsOfTheExpressionAreVariables() {
        route(root(expression("^/user/(?<name>[a-z]+)"))).find("/user/eve", evaluation);

        assertThat(evaluation.text(variables.compile(io.steelyard.api.text.Template.parse("$name $1"))))
                .isEqualTo("eve eve");
    }

    @Test
    void namedRoutesAreFoundWhereverTheyAre() {
        var nested = HttpRoute.builder("/a")
                .match(new PathMatch.Prefix("/a", false))
                .route(HttpRoute.builder("@b").match(new PathMatch.Named()).build())
                .build();

        assertThat(route(root(nested)).named("@b")).isNotNull();
        assertThat(route(root(nested)).named("@c")).isNull();
    }

    private String found(HttpRoute root, String path) {
        return switch (route(root).find(path, evaluation)) {
            case Route.Found.Match match -> match.route().configured().name();
            case Route.Found.AddSlash slash -> "add a slash";
        };
    }

    private Route route(HttpRoute configured) {
        return new Route(configured, variables);
    }

    private static HttpRoute root(HttpRoute... nested) {
        var root = HttpRoute.builder("root");
        for (var route : nested) {
            root.route(route);
        }
        return root.build();
    }

    private static HttpRoute prefix(String path) {
        return HttpRoute.builder(path).match(new PathMatch.Prefix(path, false)).build();
    }

    private static HttpRoute finalPrefix(String path) {
        return HttpRoute.builder("^~ " + path)
                .match(new PathMatch.Prefix(path, true))
                .build();
    }

    private static HttpRoute exact(String path) {
        return HttpRoute.builder("= " + path).match(new PathMatch.Exact(path)).build();
    }

    private static HttpRoute expression(String text) {
        return HttpRoute.builder("~ " + text)
                .match(new PathMatch.Expression(text, false))
                .build();
    }
}
