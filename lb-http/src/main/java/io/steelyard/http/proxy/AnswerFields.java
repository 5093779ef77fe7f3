package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.http.Redirections;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.ResponseHead;
import io.steelyard.http.route.ProxyPlan;
import io.steelyard.pool.variable.Evaluation;
import org.jspecify.annotations.Nullable;

/** What of a server's header fields its client gets. */
final class AnswerFields {
    private AnswerFields() {}

    /**
     * Copies the fields but those about the connection and the framing, and those the route hides; redirections are led to us, and
     * cookies become ours.
     *
     * @param paths how a redirection that became a path of ours is told; null where it stays a path
     * @param facts of the request
     */
    private static void copy(
            ResponseHead head,
            ProxyPlan plan,
            boolean mayUpgrade,
            FieldBlock to,
            Evaluation evaluation,
            @Nullable Redirections paths,
            RequestFacts facts) {
        to.clear();
        var from = head.fields();
        for (int i = 0; i < from.count(); i++) {
            if (isLeftOut(from, i, plan, mayUpgrade && head.status() == 101)) {
                continue;
            }
            boolean redirects = from.isNamed(i, FieldName.LOCATION);
            if (redirects && !plan.locations().isEmpty()) {
                var place = from.value(i);
                var changed = Locations.rewritten(place, plan.locations(), evaluation);
                to.add(
                        FieldName.LOCATION,
                        paths == null || changed.equals(place) ? changed : OwnAnswers.location(changed, paths, facts));
            } else if (from.isNamed(i, FieldName.REFRESH) && !plan.locations().isEmpty()) {
                to.add(FieldName.REFRESH, Locations.rewritten(from.value(i), plan.locations(), evaluation));
            } else if (from.isNamed(i, FieldName.SET_COOKIE) && !plan.cookies().isEmpty()) {
                to.add(FieldName.SET_COOKIE, SetCookie.changed(from.value(i), plan.cookies(), evaluation));
            } else {
                to.add(
                        from.bytes(),
                        from.nameStart(i),
                        from.nameEnd(i),
                        from.bytes(),
                        from.valueStart(i),
                        from.valueEnd(i));
            }
        }
    }

    /**
     * Fills the exchange's fields with what the client gets of a server's answer, and with the cookies that bring it back.
     *
     * @param serverId who answered
     */
    static void forClient(
            Exchange exchange,
            ProxyPlan plan,
            ServerPool pool,
            ResponseHead head,
            boolean mayUpgrade,
            String serverId) {
        var paths = pool.personality() == Personality.NGINX
                ? exchange.routing().route().configured().redirections()
                : null;
        copy(head, plan, mayUpgrade, exchange.answer().fields(), exchange.evaluation(), paths, exchange.facts());
        var affinity = exchange.affinity(pool);
        if (affinity != null) {
            var method = exchange.method();
            boolean mayBeKept = switch (method) {
                case GET, HEAD, OPTIONS, TRACE -> true;
                default -> false;
            };
            affinity.answer(exchange.answer().fields(), head.status(), method == Method.POST, mayBeKept, serverId);
        }
    }

    private static boolean isLeftOut(FieldBlock from, int index, ProxyPlan plan, boolean isUpgrade) {
        int id = from.nameId(index);
        if (id == FieldName.CONNECTION.id()
                || id == FieldName.KEEP_ALIVE.id()
                || id == FieldName.PROXY_CONNECTION.id()
                || id == FieldName.TRANSFER_ENCODING.id()
                || id == FieldName.CONTENT_LENGTH.id()
                || id == FieldName.UPGRADE.id() && !isUpgrade) {
            return true;
        }
        return plan.hidden().containsNameOf(from, index);
    }
}
