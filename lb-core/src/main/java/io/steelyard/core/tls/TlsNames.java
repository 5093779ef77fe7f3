package io.steelyard.core.tls;

import io.steelyard.api.text.Template;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The names of a way of TLS with servers, to be worked out for each connection. Immutable. */
public record TlsNames(
        @Nullable CompiledTemplate serverName, @Nullable CompiledTemplate verifiedName) {
    public static TlsNames of(TlsClient client, VariableTable variables) {
        return new TlsNames(compile(client.serverName(), variables), compile(client.verifiedName(), variables));
    }

    private static @Nullable CompiledTemplate compile(Optional<Template> text, VariableTable variables) {
        return text.isPresent() ? variables.compile(text.get()) : null;
    }

    /** What the server is told; empty for nothing. */
    public String told(Evaluation evaluation) {
        return serverName == null ? "" : withoutPort(evaluation.raw(serverName));
    }

    /** Whom the server's certificate must be for; empty for anybody. */
    public String verified(Evaluation evaluation) {
        return verifiedName == null ? "" : withoutPort(evaluation.raw(verifiedName));
    }

    /** A host as {@code $proxy_host} has it, without its port and brackets. */
    static String withoutPort(String host) {
        int bracket = host.lastIndexOf(']');
        int colon = host.indexOf(':', Math.max(bracket, 0));
        boolean isBareIpv6 = bracket < 0 && colon >= 0 && host.indexOf(':', colon + 1) >= 0;
        var name = colon < 0 || isBareIpv6 ? host : host.substring(0, colon);
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }
}
