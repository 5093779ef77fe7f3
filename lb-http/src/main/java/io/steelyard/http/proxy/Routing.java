package io.steelyard.http.proxy;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.HttpAction;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.route.CompiledService;
import io.steelyard.http.route.FieldChanges;
import io.steelyard.http.route.Route;
import io.steelyard.http.route.Site;
import io.steelyard.http.route.Target;
import io.steelyard.http.route.Verdict;
import io.steelyard.pool.variable.Evaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of one request: its site by its host, the site's rules, the search by path, the route's rules, and again where they changed
 * the path, at most ten times (nginx's phases). Used by one request.
 */
final class Routing implements Target {
    private static final int MOST_SEARCHES = 10;

    /** What is to be done. */
    sealed interface Decision {
        /** The content of {@link Routing#route()}. */
        record Serve() implements Decision {}

        /** The page for an error of our own. */
        record Error(int status) implements Decision {}

        record Redirect(int status, String place) implements Decision {}

        /** @param text each character one byte */
        record Reply(int status, String type, String text) implements Decision {}

        /** An error, perhaps later. */
        record Fail(HttpAction.Fail configured) implements Decision {}

        /** No word to the client. */
        record Vanish() implements Decision {}

        /** An answer with these fields and this body. */
        record Respond(Verdict.Respond verdict) implements Decision {}
    }

    private final CompiledService service;
    private final RequestFacts facts;
    private final Evaluation evaluation;
    private final List<FieldChanges.Change> changes = new ArrayList<>(0);
    private long bodyBytes;
    private @Nullable Site site;
    private @Nullable Route route;
    private boolean isTargetChanged;
    private boolean isPathChanged;
    private boolean hasStayed;
    private boolean isInternal;
    private int searches;
    private int priorityClass;
    private int priorityOffsetMs;
    private int shownStatus;
    private boolean showsStatusOfPage;

    Routing(CompiledService service, RequestFacts facts, Evaluation evaluation) {
        this.service = service;
        this.facts = facts;
        this.evaluation = evaluation;
    }

    /** How long the request says that its body is; -1 where it does not. */
    void bodyBytes(long value) {
        bodyBytes = value;
    }

    /** The site, once {@link #findSite} or {@link #useFallback} has run. */
    Site site() {
        return Objects.requireNonNull(site);
    }

    /** The route found last. */
    Route route() {
        return Objects.requireNonNull(route);
    }

    /** Whether the path or query is no longer what the client sent. */
    boolean isTargetChanged() {
        return isTargetChanged;
    }

    /** Whether a rule changed the path and had the route stay, so that the path is forwarded as it is (nginx {@code break}). */
    boolean hasStayed() {
        return hasStayed;
    }

    int priorityClass() {
        return priorityClass;
    }

    int priorityOffsetMs() {
        return priorityOffsetMs;
    }

    /** Changes of the request's fields that rules asked for. */
    List<FieldChanges.Change> changes() {
        return changes;
    }

    /** The status that an answer of our own has, unless an error page says otherwise. */
    int shownStatus(int status) {
        return shownStatus != 0 && !showsStatusOfPage ? shownStatus : status;
    }

    /** Answers have their own status from now on, whatever an error page was to have. */
    void showOwnStatus() {
        shownStatus = 0;
    }

    /** Serves by the default site: the request could not be read. */
    void useFallback() {
        use(service.fallback());
    }

    /** Finds the site; {@link #start} goes on from there. */
    void findSite(String host) {
        use(service.find(host, evaluation));
    }

    Decision start() {
        return after(site().root().rules().run(this, evaluation), true);
    }

    /** Whether no further route may be searched for. */
    boolean isSearchedOut() {
        return searches >= MOST_SEARCHES;
    }

    /** Shows a page instead of an error. */
    Decision errorPage(Route.Page page, int status) {
        shownStatus = page.configured().status().orElse(status);
        showsStatusOfPage = page.configured().takesStatusOfPage();
        isInternal = true;
        var place = evaluation.raw(page.place());
        if (place.startsWith("@")) {
            return go(place);
        }
        if (place.startsWith("/")) {
            int mark = place.indexOf('?');
            change(mark < 0 ? place : place.substring(0, mark), mark < 0 ? "" : place.substring(mark + 1));
            return search();
        }
        return new Decision.Redirect(OwnAnswers.isRedirect(shownStatus) ? shownStatus : 302, place);
    }

    /** Goes on with another path, as a rule of ours has it. */
    Decision elsewhere(String path, String query) {
        isInternal = true;
        change(path, query);
        return search();
    }

    /** Goes on with the route of this name. */
    Decision elsewhere(String name) {
        isInternal = true;
        return go(name);
    }

    private void use(Site found) {
        site = found;
        route = found.root();
        facts.siteName(found.serverName());
    }

    private Decision search() {
        if (++searches > MOST_SEARCHES) {
            return new Decision.Error(500);
        }
        return switch (site().root().find(facts.path(), evaluation)) {
            case Route.Found.AddSlash slash -> {
                var query = facts.query();
                yield new Decision.Redirect(301, facts.path() + "/" + (query.isEmpty() ? "" : "?" + query));
            }
            case Route.Found.Match match -> enter(match.route());
        };
    }

    private Decision enter(Route found) {
        route = found;
        if (found.configured().isInternal() && !isInternal) {
            return new Decision.Error(404);
        }
        long most = found.configured().mostBodyBytes();
        if (most > 0 && bodyBytes > most && !isInternal) {
            return new Decision.Error(413);
        }
        if (found == site().root()) {
            return new Decision.Serve();
        }
        return after(found.rules().run(this, evaluation), false);
    }

    private Decision go(String name) {
        if (++searches > MOST_SEARCHES) {
            return new Decision.Error(500);
        }
        var found = site().root().named(name);
        return found == null ? new Decision.Error(500) : enter(found);
    }

    private Decision after(Verdict verdict, boolean isSite) {
        return switch (verdict) {
            case Verdict.GoOn goOn -> isSite ? search() : new Decision.Serve();
            case Verdict.Search again -> {
                isInternal |= !isSite;
                yield search();
            }
            case Verdict.Stay stay -> {
                hasStayed = !isSite && isTargetChanged;
                yield isSite ? search() : new Decision.Serve();
            }
            case Verdict.Go elsewhere -> {
                isInternal = true;
                yield go(elsewhere.route());
            }
            case Verdict.Redirect redirect -> new Decision.Redirect(redirect.status(), redirect.place());
            case Verdict.Reply reply -> reply(reply);
            case Verdict.Fail fail -> new Decision.Fail(fail.configured());
            case Verdict.Vanish vanish -> new Decision.Vanish();
            case Verdict.Respond respond -> new Decision.Respond(respond);
        };
    }

    private Decision reply(Verdict.Reply reply) {
        var text = reply.text();
        if (text == null) {
            return new Decision.Reply(reply.configured().status(), "", "");
        }
        var type = reply.contentType();
        return new Decision.Reply(
                reply.configured().status(),
                type == null ? route().configured().defaultType() : evaluation.raw(type),
                evaluation.raw(text));
    }

    // ---- what rules change

    @Override
    public String path() {
        return facts.path();
    }

    @Override
    public String query() {
        return facts.query();
    }

    @Override
    public boolean wasEncoded() {
        var path = facts.head().path();
        return path.indexOf('%') >= 0 || path.indexOf('+') >= 0;
    }

    @Override
    public void change(String path, String query) {
        isTargetChanged = true;
        facts.target(path, query);
    }

    @Override
    public boolean takePathChanged() {
        boolean was = isPathChanged;
        isPathChanged = false;
        return was;
    }

    @Override
    public void markPathChanged() {
        isPathChanged = true;
    }

    @Override
    public void prioritise(HttpAction.Prioritise.Kind kind, int value) {
        if (kind == HttpAction.Prioritise.Kind.CLASS) {
            priorityClass = value;
        } else {
            priorityOffsetMs = value;
        }
    }

    @Override
    public void change(FieldChanges.Change change) {
        changes.add(change);
    }

    @Override
    public FieldBlock fields() {
        return facts.head().fields();
    }

    @Override
    public String part(HttpAction.Part part) {
        return RequestLine.part(facts, part);
    }

    @Override
    public void change(HttpAction.Part part, String value) {
        RequestLine.change(facts, part, value);
    }

    @Override
    public void note(String name, @Nullable String value) {
        facts.notes().put(name, value);
    }

    @Override
    public void track(Tracking tracking, String key) {
        facts.tracking().track(tracking, key);
    }

    @Override
    public void count(Counting counting, String value) {
        facts.tracking().count(counting, value);
    }

    @Override
    public boolean hasRoute(String name) {
        return site().root().named(name) != null;
    }
}
