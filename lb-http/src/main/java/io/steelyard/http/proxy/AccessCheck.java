package io.steelyard.http.proxy;

import io.steelyard.http.route.Route;
import org.jspecify.annotations.Nullable;

/** Whether a route lets a client in: by its address, by name and password, or by both (ngx_http_core_access_phase). Without state. */
final class AccessCheck {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private AccessCheck() {}

    /** The status that the client is refused with; 0 where it is let in. The answer gets its challenge. */
    static int refusal(Exchange exchange, Route route) {
        var rule = route.accessRule(exchange.who().address());
        int byAddress = rule == null || rule.isAllowed() ? 0 : FORBIDDEN;
        var login = route.login();
        if (login == null) {
            return byAddress;
        }
        if (login.isEnough() ? rule != null && rule.isAllowed() : byAddress != 0) {
            return byAddress;
        }
        var realm = exchange.evaluation().raw(login.realm());
        if (realm.equals("off")) {
            return byAddress;
        }
        int byName = byName(exchange, login);
        if (byName == UNAUTHORIZED) {
            exchange.answer().challenge("Basic realm=\"" + withoutControls(realm) + '"');
        }
        return byName;
    }

    private static int byName(Exchange exchange, Route.Login login) {
        if (BasicCredentials.user(exchange.request().fields()) == null) {
            return UNAUTHORIZED;
        }
        var users = login.users();
        return users == null ? FORBIDDEN : holds(exchange.evaluation().raw(users)) ? 0 : UNAUTHORIZED;
    }

    private static boolean holds(@Nullable String value) {
        return value != null && !value.isEmpty() && !value.equals("0");
    }

    private static String withoutControls(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
