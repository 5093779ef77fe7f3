package io.steelyard.http.proxy;

import io.steelyard.api.http.IngressPolicy;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HeadEdits;
import io.steelyard.http.octet.Octets;
import io.steelyard.realip.header.IngressFields;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What servers are told of the client of one connection, in place of what its requests themselves say. What was told last is kept, for it mostly
 * is the same again. Owned by the connection's loop.
 */
final class AboutClient {
    private static final FieldName[] NAMES =
            IngressFields.names().stream().map(FieldName::of).toArray(FieldName[]::new);

    /** What a name about the client begins with, in small letters. */
    private static final String FIRST_LETTERS = "cftux";

    private record Line(FieldName name, byte[] value) {}

    private List<Line> told = List.of();
    private @Nullable ClientIdentity toldOf;
    private String toldHost = "";

    /** Carries the site's policy out. */
    void edit(HeadEdits edits, Exchange exchange) {
        var policy = exchange.routing().site().host().client().ingress();
        if (policy == IngressPolicy.KEEP) {
            return;
        }
        boolean isAny = remove(exchange.request().fields(), edits);
        var lines = policy == IngressPolicy.APPEND && isAny ? tell(policy, exchange) : usual(policy, exchange);
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            edits.add(line.name(), line.value(), 0, line.value().length);
        }
    }

    /** What does not depend on the request's fields. */
    private List<Line> usual(IngressPolicy policy, Exchange exchange) {
        var host = exchange.request().host();
        if (!exchange.who().equals(toldOf) || !host.equals(toldHost)) {
            told = tell(policy, exchange);
            toldOf = exchange.who();
            toldHost = host;
        }
        return told;
    }

    private static boolean remove(FieldBlock fields, HeadEdits edits) {
        boolean isAny = false;
        for (int i = 0; i < fields.count(); i++) {
            int first = fields.bytes()[fields.nameStart(i)] | 0x20;
            if (FIRST_LETTERS.indexOf(first) < 0) {
                continue;
            }
            var name = nameOf(fields, i);
            if (name != null) {
                edits.remove(name);
                isAny = true;
            }
        }
        return isAny;
    }

    private static @Nullable FieldName nameOf(FieldBlock fields, int field) {
        for (var name : NAMES) {
            if (fields.isNamed(field, name)) {
                return name;
            }
        }
        for (int at = fields.nameStart(field); at < fields.nameEnd(field); at++) {
            if (fields.bytes()[at] == '_') {
                var name = fields.name(field);
                return IngressFields.isAboutClient(name) ? FieldName.of(name) : null;
            }
        }
        return null;
    }

    private static List<Line> tell(IngressPolicy policy, Exchange exchange) {
        var who = exchange.who();
        var peer = who.peerEndpoint();
        var trust = exchange.routing().route().clientTrust();
        var connection = exchange.facts().connection();
        var request = new IngressFields.Request(
                peer,
                trust != null && trust.trusts(peer),
                who.clientEndpoint(),
                exchange.client().tls() != null,
                exchange.request().host(),
                connection.serverAddress() == null ? 0 : connection.serverPort());
        var fields = exchange.request().fields();
        var lines = new ArrayList<Line>();
        IngressFields.change(
                        policy, request, values(fields, FieldName.X_FORWARDED_FOR), values(fields, FieldName.FORWARDED))
                .add()
                .forEach(line -> lines.add(new Line(FieldName.of(line.name()), Octets.bytes(line.value()))));
        return lines;
    }

    private static List<String> values(FieldBlock fields, FieldName name) {
        var values = new ArrayList<String>(1);
        for (int i = fields.find(name); i >= 0; i = fields.findNext(name, i)) {
            values.add(fields.value(i));
        }
        return values;
    }
}
