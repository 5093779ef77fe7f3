package io.steelyard.vrrp.witness;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code etcd}: a key in etcd 3.4 or later, by its HTTP gateway, with the JDK's client. Options: {@code url}, one or more of its members, with spaces
 * between, such as {@code http://192.0.2.200:2379}; when one does not answer the next is asked; {@code prefix} of the keys, {@code steelyard/vrrp/}
 * unless said; {@code timeoutMs} of a call, 1000 unless said; {@code cluster}, read by the caller. With {@code https} the platform's trust store
 * counts; user names are not supported.
 */
public final class EtcdWitnessProvider implements WitnessProvider {
    private static final Set<String> OPTIONS = Set.of("url", "prefix", "timeoutMs", WitnessOptions.CLUSTER);

    /** For {@link java.util.ServiceLoader}. */
    public EtcdWitnessProvider() {}

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public Witness open(Settings settings) {
        var options = settings.options();
        WitnessOptions.check(name(), options, OPTIONS, "url");
        var endpoints = Stream.of(options.getOrDefault("url", "").trim().split("[\\s,]+"))
                .map(EtcdWitnessProvider::endpoint)
                .toList();
        var gateway = new EtcdGateway(List.copyOf(endpoints), timeout(options.getOrDefault("timeoutMs", "1000")));
        return new EtcdWitness(settings.asker(), options.getOrDefault("prefix", "steelyard/vrrp/"), gateway);
    }

    private static URI endpoint(String text) {
        try {
            var endpoint = URI.create(text);
            if (endpoint.getHost() != null && List.of("http", "https").contains(String.valueOf(endpoint.getScheme()))) {
                return endpoint;
            }
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(wrong(text), malformed);
        }
        throw new IllegalArgumentException(wrong(text));
    }

    private static String wrong(String text) {
        return "etcd's url is '" + text + "', expected such as http://192.0.2.200:2379";
    }

    private static Duration timeout(String text) {
        if (!text.matches("[1-9]\\d{0,5}")) {
            throw new IllegalArgumentException("timeoutMs is '" + text + "', expected 1 to 999999");
        }
        return Duration.ofMillis(Long.parseLong(text));
    }
}
