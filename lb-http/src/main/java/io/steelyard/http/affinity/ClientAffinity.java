package io.steelyard.http.affinity;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.TableAffinity.Use;
import io.steelyard.api.schedule.Flow;
import io.steelyard.http.affinity.PoolAffinity.ByCookie;
import io.steelyard.http.affinity.PoolAffinity.ByRoute;
import io.steelyard.http.affinity.PoolAffinity.ByServer;
import io.steelyard.http.affinity.PoolAffinity.ByTable;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.HeadEdits;
import io.steelyard.http.octet.Octets;
import io.steelyard.pool.variable.Evaluation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which servers one request wants, and what is changed of it and of its answer for that. Used by one request. */
public final class ClientAffinity {
    private static final String[] NOBODY = {};

    private final PoolAffinity pool;
    private final FieldBlock request;
    private final Evaluation evaluation;
    private final long nowSeconds;
    private final long nowNs;
    private final List<StickyCookie> cookies = new ArrayList<>(1);
    private final boolean persists;
    private final boolean ignoresCookies;
    private String[] wanted = NOBODY;

    ClientAffinity(PoolAffinity pool, FieldBlock request, Evaluation evaluation, long nowSeconds, long nowNs) {
        this.pool = pool;
        this.request = request;
        this.evaluation = evaluation;
        this.nowSeconds = nowSeconds;
        this.nowNs = nowNs;
        persists = pool.persists(evaluation);
        ignoresCookies = pool.ignoresCookies(evaluation);
        for (var rule : pool.rules()) {
            switch (rule) {
                case ByCookie byCookie -> {
                    var cookie = new StickyCookie(byCookie, pool.personality(), evaluation, nowSeconds);
                    cookie.read(request);
                    cookies.add(cookie);
                    if (!ignoresCookies) {
                        want(cookie.serverIds());
                    }
                }
                case ByRoute byRoute -> want(route(byRoute));
                case ByServer byServer -> want(named(byServer));
                case ByTable byTable -> want(known(byTable));
            }
        }
    }

    private void want(String[] ids) {
        if (wanted.length == 0) {
            wanted = ids;
        } else if (ids.length > 0) {
            var both = Arrays.copyOf(wanted, wanted.length + ids.length);
            System.arraycopy(ids, 0, both, wanted.length, ids.length);
            wanted = both;
        }
    }

    private String[] route(ByRoute rule) {
        for (var value : rule.values()) {
            var raw = evaluation.raw(value);
            if (!raw.isEmpty()) {
                var bytes = Octets.bytes(raw);
                return rule.names().find(bytes, 0, bytes.length);
            }
        }
        return NOBODY;
    }

    private String[] named(ByServer rule) {
        if (rule.when() != null && !rule.when().holds(evaluation)) {
            return NOBODY;
        }
        var id = evaluation.raw(rule.server());
        return id.isEmpty() ? NOBODY : new String[] {id};
    }

    private String[] known(ByTable rule) {
        var use = rule.configured().use();
        if (use != Use.MATCH && use != Use.MATCH_AND_STORE || !holds(rule)) {
            return NOBODY;
        }
        var id = rule.table().find(evaluation.raw(rule.key()), nowNs);
        return id == null ? NOBODY : new String[] {id};
    }

    private boolean holds(ByTable rule) {
        return rule.when() == null || rule.when().holds(evaluation);
    }

    /** Says what the request wants. @param isFirstTry whether no server was tried yet */
    public void tell(Flow flow, boolean isFirstTry) {
        flow.wanted(wanted, persists && isFirstTry);
    }

    /** Hides from servers what they are not to see. */
    public void edit(HeadEdits edits) {
        for (var cookie : cookies) {
            if (cookie.hidesAnything()) {
                cookie.hide(request, edits);
            }
        }
    }

    /**
     * Makes an answer bring its client back.
     *
     * @param isPost whether the request's method was POST
     * @param mayBeKept whether caches may keep answers to its method: GET, HEAD, OPTIONS and TRACE, as HAProxy sees it
     */
    public void answer(FieldBlock answer, int status, boolean isPost, boolean mayBeKept, String serverId) {
        boolean isWanted = Arrays.asList(wanted).contains(serverId);
        for (var cookie : ignoresCookies ? List.<StickyCookie>of() : cookies) {
            boolean isDirect = pool.personality() == Personality.HAPROXY
                    ? isWanted
                    : Arrays.asList(cookie.serverIds()).contains(serverId);
            cookie.answer(answer, serverId, isDirect, isPost, mayBeKept && Cacheability.isDefault(status));
        }
        for (var rule : pool.rules()) {
            if (rule instanceof ByTable table && table.configured().use() != Use.MATCH && holds(table)) {
                table.table().store(evaluation.raw(table.key()), serverId, nowNs);
            }
        }
    }

    /**
     * What became of cookies, in two letters of HAProxy's log; {@code --} where none is configured.
     *
     * @param serverId the server that was tried last; empty for none
     */
    public String letters(String serverId) {
        return cookies.isEmpty() ? "--" : cookies.getFirst().letters(serverId);
    }

    @Override
    public String toString() {
        return "ClientAffinity" + Arrays.toString(wanted) + " at " + nowSeconds;
    }
}
