package io.steelyard.realip.header;

import io.steelyard.api.http.IngressPolicy;
import io.steelyard.realip.address.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Carries an {@link IngressPolicy} out: which fields about the client go, and which come in their place. Pure. */
public final class IngressFields {
    private static final Set<String> ABOUT_THE_CLIENT = Set.of(
            "forwarded",
            "x-forwarded",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-prefix",
            "x-forwarded-proto",
            "x-forwarded-protocol",
            "x-forwarded-scheme",
            "x-forwarded-server",
            "x-forwarded-ssl",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-original-forwarded-for",
            "x-original-host",
            "x-original-to",
            "x-real-ip",
            "client-ip",
            "forwarded-for",
            "true-client-ip",
            "url-scheme",
            "front-end-https");

    private IngressFields() {}

    /**
     * What is known of a request.
     *
     * @param peer who connected
     * @param client who the client is, which is the peer unless a trusted peer told otherwise
     * @param isTls whether the client spoke TLS
     * @param host what the client asked for; empty where it said nothing
     * @param port the port it spoke to
     */
    public record Request(
            Endpoint peer, boolean isPeerTrusted, Endpoint client, boolean isTls, String host, int port) {}

    /**
     * What to do to a request's fields.
     *
     * @param removes whether every field that {@link #isAboutClient} goes
     * @param add to be added after that, in this order
     */
    public record Change(boolean removes, List<HeaderLine> add) {
        public Change {
            add = List.copyOf(add);
        }
    }

    /** The names of fields that tell who or where the client is, in small letters, with hyphens. */
    public static Set<String> names() {
        return ABOUT_THE_CLIENT;
    }

    /**
     * Whether a field tells who or where the client is. An underscore counts as a hyphen, for a server behind a gateway interface cannot tell
     * them apart.
     */
    public static boolean isAboutClient(String name) {
        return ABOUT_THE_CLIENT.contains(name.toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /**
     * What to do to a request's fields.
     *
     * @param forwardedFor the values of its X-Forwarded-For lines, in their order
     * @param forwarded the values of its Forwarded lines, in their order
     */
    public static Change change(
            IngressPolicy policy, Request request, List<String> forwardedFor, List<String> forwarded) {
        if (policy == IngressPolicy.KEEP) {
            return new Change(false, List.of());
        }
        boolean appends = policy == IngressPolicy.APPEND && request.isPeerTrusted();
        var add = new ArrayList<HeaderLine>();
        var peer = request.peer();
        if (peer.isIp()) {
            add.add(new HeaderLine("X-Forwarded-For", appended(appends, forwardedFor, peer.addressText())));
            add.add(new HeaderLine("X-Real-IP", request.client().addressText()));
        }
        var element = ForwardedElement.of(ForwardedNode.of(peer)).with("proto", request.isTls() ? "https" : "http");
        if (!request.host().isEmpty()) {
            element = element.with("host", request.host());
        }
        // What cannot be read is not passed on as if it could: who comes next would read it otherwise than we did.
        boolean isReadable = ForwardedElement.parse(forwarded).isPresent();
        add.add(new HeaderLine("Forwarded", appended(appends && isReadable, forwarded, element.text())));
        add.add(new HeaderLine("X-Forwarded-Proto", request.isTls() ? "https" : "http"));
        if (!request.host().isEmpty()) {
            add.add(new HeaderLine("X-Forwarded-Host", request.host()));
        }
        if (request.port() > 0) {
            add.add(new HeaderLine("X-Forwarded-Port", Integer.toString(request.port())));
        }
        return new Change(true, add);
    }

    private static String appended(boolean appends, List<String> received, String own) {
        var values = new ArrayList<String>();
        if (appends) {
            received.stream().filter(value -> !value.isBlank()).forEach(values::add);
        }
        values.add(own);
        return String.join(", ", values);
    }
}
