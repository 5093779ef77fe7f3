package io.steelyard.http.affinity;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.CookieAffinity.Mode;
import io.steelyard.http.affinity.PoolAffinity.ByCookie;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HeadEdits;
import io.steelyard.http.octet.Octets;
import io.steelyard.pool.variable.Evaluation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One cookie of one request and its answer, by HAProxy's rules ({@code http_manage_client_side_cookies},
 * {@code http_manage_server_side_cookies}, {@code http_process_res_common}) where the personality is not another's. Used by one request.
 */
final class StickyCookie {
    private static final char DELIMITER = '~';
    private static final String[] NOBODY = {};

    private final ByCookie rule;
    private final CookieAffinity configured;
    private final Personality personality;
    private final Evaluation evaluation;
    private final long nowSeconds;
    private String[] serverIds = NOBODY;
    private SealedCookie.@Nullable Opened opened;
    private long lastDate = CookieDates.NONE;
    private long firstDate = CookieDates.NONE;

    /** Whether the request has the cookie, so that there may be something to hide. */
    private boolean isThere;

    /** Why it names no server although it is there. */
    private char refusal = 'I';

    /** What became of the answer's cookie. */
    private char given = 'N';

    StickyCookie(ByCookie rule, Personality personality, Evaluation evaluation, long nowSeconds) {
        this.evaluation = evaluation;
        this.rule = rule;
        this.personality = personality;
        this.nowSeconds = nowSeconds;
        configured = rule.configured();
    }

    /** The servers that the client's cookie names; empty where it has none that holds. Not to be changed. */
    String[] serverIds() {
        return serverIds;
    }

    // ---- the request

    void read(FieldBlock request) {
        var bytes = request.bytes();
        CookiePairs pairs = null;
        for (int i = request.find(FieldName.COOKIE); i >= 0; i = request.findNext(FieldName.COOKIE, i)) {
            pairs = pairs == null ? new CookiePairs() : pairs;
            for (pairs.start(bytes, request.valueStart(i), request.valueEnd(i)); pairs.next(); ) {
                if (pairs.isNamed(rule.name(), personality == Personality.NGINX)) {
                    isThere = true;
                    if (serverIds.length == 0) {
                        find(bytes, pairs.valueStart(), pairs.valueEnd());
                    }
                }
            }
        }
    }

    private void find(byte[] bytes, int from, int to) {
        var sealed = rule.sealed();
        if (sealed != null) {
            opened = sealed.open(bytes, from, to, nowSeconds);
            serverIds = opened == null ? NOBODY : new String[] {opened.serverId()};
            return;
        }
        int end = to;
        if (configured.mode() == Mode.PREFIX) {
            end = endOf(bytes, from, to, DELIMITER);
        } else if (personality != Personality.NGINX) {
            end = endOf(bytes, from, to, CookieDates.BAR);
            readDates(bytes, end + 1, to);
        }
        if (CookieDates.isOver(configured, lastDate, firstDate, nowSeconds)) {
            refusal = CookieDates.isIdle(configured, lastDate, nowSeconds) ? 'E' : 'O';
            lastDate = CookieDates.NONE;
            firstDate = CookieDates.NONE;
        } else {
            serverIds = rule.names().find(bytes, from, end);
        }
    }

    private void readDates(byte[] bytes, int from, int to) {
        if (from < to) {
            lastDate = CookieDates.parse(bytes, from, to);
            firstDate = CookieDates.parse(bytes, endOf(bytes, from, to, CookieDates.BAR) + 1, to);
        }
    }

    private static int endOf(byte[] bytes, int from, int to, char mark) {
        int at = from;
        while (at < to && bytes[at] != mark) {
            at++;
        }
        return at;
    }

    /**
     * Two letters of HAProxy's log, of the client's cookie and of the answer's (configuration manual 2.6, section 8.5).
     *
     * @param serverId the server that was tried last; empty for none
     */
    String letters(String serverId) {
        if (isOnlyLookedAt()) {
            return "--";
        }
        char sent = !isThere
                ? 'N'
                : serverIds.length == 0 ? refusal : Arrays.asList(serverIds).contains(serverId) ? 'V' : 'D';
        return "" + sent + given;
    }

    /** HAProxy tells nothing of a cookie that nothing is said of but its name. */
    private boolean isOnlyLookedAt() {
        return configured.mode() == Mode.PASSIVE
                && !configured.indirect()
                && !configured.noCache()
                && !configured.postOnly()
                && !configured.httpOnly()
                && !configured.secure();
    }

    boolean hidesAnything() {
        return isThere
                && (configured.mode() == Mode.PREFIX || configured.mode() == Mode.INSERT && configured.indirect());
    }

    /** Leaves out of the request what its server is not to see. */
    void hide(FieldBlock request, HeadEdits edits) {
        var added = edits.added();
        boolean isAnew = !added.contains(FieldName.COOKIE);
        var fields = isAnew ? request : added;
        var texts = new String[fields.countOf(FieldName.COOKIE)];
        int count = 0;
        for (int i = fields.find(FieldName.COOKIE); i >= 0; i = fields.findNext(FieldName.COOKIE, i)) {
            texts[count++] = hidden(fields.value(i));
        }
        edits.remove(FieldName.COOKIE);
        for (var text : texts) {
            if (!text.isEmpty()) {
                edits.add(FieldName.COOKIE, text);
            }
        }
    }

    private String hidden(String value) {
        var text = value;
        var pairs = new CookiePairs();
        var bytes = Octets.bytes(text);
        for (pairs.start(bytes, 0, bytes.length); pairs.next(); ) {
            if (!pairs.isNamed(rule.name(), false)) {
                continue;
            }
            if (configured.mode() == Mode.INSERT) {
                text = pairs.withoutThis();
                bytes = Octets.bytes(text);
                pairs.start(bytes, 0, bytes.length);
            } else {
                int end = endOf(bytes, pairs.valueStart(), pairs.valueEnd(), DELIMITER);
                return end == pairs.valueEnd() ? text : pairs.withoutPrefix(end + 1 - pairs.valueStart());
            }
        }
        return text;
    }

    // ---- the answer

    /**
     * Changes the answer's {@code Set-Cookie} fields.
     *
     * @param isDirect whether the server is the one that the client wanted
     * @param isPost whether the request's method was POST
     * @param mayBeKept whether caches may keep the answer, as far as method and status tell
     */
    void answer(FieldBlock answer, String serverId, boolean isDirect, boolean isPost, boolean mayBeKept) {
        var name = rule.names().name(serverId);
        boolean isSet = personality != Personality.NGINX && changeServers(answer, name, isDirect);
        boolean isWanted = configured.mode() == Mode.INSERT
                && !(isSet && configured.preserve())
                && (!isDirect || isDue())
                && (!configured.postOnly() || isPost);
        if (!isWanted) {
            return;
        }
        var text = SetCookieText.of(configured, personality, value(serverId, name), nowSeconds);
        if (text == null) {
            return;
        }
        boolean isKept = configured.noCache() && mayBeKept && Cacheability.isAllowed(answer);
        answer.add(FieldName.SET_COOKIE, rule.attributes().isEmpty() ? text : text + computed());
        given = isDirect ? 'U' : 'I';
        if (isKept) {
            answer.add(FieldName.CACHE_CONTROL, "private");
        }
    }

    /** Whether the client is to get the same again, for its date. */
    private boolean isDue() {
        var sealed = rule.sealed();
        var seen = opened;
        if (sealed != null) {
            return seen != null && sealed.isDue(seen, nowSeconds);
        }
        boolean hasIdle = !configured.maxIdle().isZero();
        boolean hasLife = !configured.maxLife().isZero();
        return (hasIdle || lastDate != CookieDates.NONE) && (lastDate == CookieDates.NONE || lastDate < nowSeconds)
                || hasLife && firstDate == CookieDates.NONE
                || !hasLife && firstDate != CookieDates.NONE;
    }

    private @Nullable String value(String serverId, @Nullable String name) {
        var sealed = rule.sealed();
        if (sealed != null) {
            return sealed.seal(serverId, nowSeconds);
        }
        boolean hasLife = !configured.maxLife().isZero();
        if (name == null || configured.maxIdle().isZero() && !hasLife) {
            return name;
        }
        var first = !hasLife
                ? ""
                : CookieDates.BAR
                        + (firstDate == CookieDates.NONE
                                ? CookieDates.format(nowSeconds)
                                : CookieDates.again(firstDate));
        return name + CookieDates.BAR + CookieDates.format(nowSeconds) + first;
    }

    /** Deals with the cookies of this name that the server sets. @return whether it sets one */
    private boolean changeServers(FieldBlock answer, @Nullable String name, boolean isDirect) {
        boolean isSet = false;
        for (int i = answer.find(FieldName.SET_COOKIE); i >= 0; i = answer.findNext(FieldName.SET_COOKIE, i)) {
            var bytes = answer.bytes();
            int start = answer.valueStart(i);
            int end = answer.valueEnd(i);
            var pairs = new CookiePairs();
            pairs.start(bytes, start, end);
            if (!pairs.next() || !pairs.isNamed(rule.name(), false)) {
                continue;
            }
            isSet = true;
            given = 'P';
            if (configured.preserve()) {
                continue;
            }
            if (configured.mode() == Mode.INSERT || isDirect && configured.indirect()) {
                answer.removeAt(i);
                i--;
                given = 'D';
            } else if (name != null && configured.mode() != Mode.PASSIVE) {
                int keepFrom = configured.mode() == Mode.PREFIX ? pairs.valueStart() : pairs.valueEnd();
                var text = Octets.text(bytes, start, pairs.valueStart())
                        + name
                        + (configured.mode() == Mode.PREFIX ? "" + DELIMITER : "")
                        + Octets.text(bytes, keepFrom, end);
                var changed = Octets.bytes(text);
                int at = answer.append(changed, 0, changed.length);
                answer.moveValue(i, at, at + changed.length);
                given = 'R';
            }
        }
        return isSet;
    }

    /** The attributes that are worked out; what a client may have a hand in ends none of them. */
    private String computed() {
        var all = new StringBuilder();
        for (var template : rule.attributes()) {
            var text = evaluation.raw(template);
            boolean isAttribute = !text.endsWith("=") && text.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != ';');
            if (isAttribute && !text.isEmpty()) {
                all.append("; ").append(text);
            }
        }
        return all.toString();
    }
}
